"""The manifest is one that `sha256sum -c` reads, and nothing in it can be changed unseen."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from publisher.ngff.manifest import manifest, parse

DIGEST = hashlib.sha256(b"x").hexdigest()


def test_a_manifest_has_a_line_a_file_sorted_by_path() -> None:
    data = manifest({"b": DIGEST, "0/c/0": DIGEST, "a": DIGEST})
    assert data.decode() == f"{DIGEST}  0/c/0\n{DIGEST}  a\n{DIGEST}  b\n"
    assert parse(data) == ({"0/c/0": DIGEST, "a": DIGEST, "b": DIGEST}, ())


@given(st.dictionaries(st.text(min_size=1).filter(lambda path: path.strip("/.") == path), st.just(DIGEST), min_size=1))
def test_any_name_survives(digests: dict[str, str]) -> None:
    plain = {path: digest for path, digest in digests.items() if "//" not in path and "/." not in path}
    assert parse(manifest(plain)) == (plain, ())


@given(st.integers(0, 71), st.integers(0, 7))
def test_a_flipped_bit_is_a_fault_or_another_entry(at: int, bit: int) -> None:
    entries = {"0/zarr.json": DIGEST, "zarr.json": DIGEST}
    data = bytearray(manifest(entries))
    data[at] ^= 1 << bit
    digests, faults = parse(bytes(data))
    assert faults or digests != entries


def test_what_fits_no_entry_is_told_by_its_line() -> None:
    lines = [
        f"{DIGEST}  a",
        f"{DIGEST.upper()}  b",
        f"{DIGEST} c",
        f"{DIGEST}  ../d",
        f"{DIGEST}  a",
        "",
        f"{DIGEST}  e",
    ]
    digests, faults = parse("\n".join(lines).encode())
    assert set(digests) == {"a", "e"}
    assert [words.split(" is ")[0].split(" names")[0].split(" lists")[0] for words in faults] == [
        "line 2",
        "line 3",
        "line 4",
        "line 5",
        "line 6",
        "does not end with the end of a line",
    ]
    assert parse(b"\xff")[1][0].startswith("is not UTF-8")
    assert parse(f"{DIGEST}  b\n{DIGEST}  a\n".encode())[1] == ("is not sorted by path",)
