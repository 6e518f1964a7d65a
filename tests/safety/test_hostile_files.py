"""Hostile files in a study with good ones: each is one reported problem within its limits, and the rest is built."""

import base64
import csv
import os
import resource
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from publisher.testing.images import ome_xml, planes, write_ome_tiff, write_ome_tiff_set, write_ome_zarr
from tests.pipeline.sites import build_site, make_site, tree
from tests.sources.raw_tiff import write_raw_tiff

GIB = 1 << 30
OME = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
REPOSITORY = Path(__file__).parents[2]


def claims_a_billion_planes(path: Path) -> None:
    xml = ome_xml([planes(t=2)], ['<TiffData IFD="0" PlaneCount="1000000000"/>'])
    write_ome_tiff(path, planes(t=1), xml=xml.replace('SizeT="2"', 'SizeT="1000000000"'))


def jpeg_2000_bomb(path: Path) -> None:
    import imagecodecs

    write_raw_tiff(path, {259: 34712}, bytes(imagecodecs.jpeg2k_encode(np.zeros((4000, 4000), "uint8"))))


def doctype(path: Path) -> None:
    bomb = '<!DOCTYPE OME [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    xml = ome_xml([planes()], ["<TiffData/>"]).replace("<OME", bomb + "<OME", 1)
    write_ome_tiff(path, planes(), xml=xml.replace("image 0", "&a;"))


def deep_xml(path: Path) -> None:
    xml = ome_xml([planes()], ["<TiffData/>"])
    deep = "<XMLAnnotation ID='A:1'><Value>" + "<a>" * 5000 + "</a>" * 5000 + "</Value></XMLAnnotation>"
    annotations = f"<StructuredAnnotations>{deep}</StructuredAnnotations></OME>"
    write_ome_tiff(path, planes(), xml=xml.replace("</OME>", annotations))


def broken_strip(path: Path) -> None:
    """Sound until its pixels are read."""
    write_raw_tiff(path, {259: 8}, zlib.compress(b"\1" * 256)[:8])


def deflate_bomb(path: Path) -> None:
    write_raw_tiff(path, {259: 8}, zlib.compress(b"\0" * 300_000_000, 9))


def points_outside(path: Path) -> None:
    secret = write_ome_tiff(path.parents[4] / "secret.tif", planes() * 0 + 99)
    first, second = write_ome_tiff_set(path.parent, planes(c=2))
    import tifffile

    xml = tifffile.tiffcomment(first).replace(second.name, str(secret))
    first.rename(path)
    second.unlink()
    tifffile.tiffcomment(path, xml.encode())


def is_a_link_outside(path: Path) -> None:
    path.symlink_to(write_ome_tiff(path.parents[4] / "secret.ome.tif", planes() * 0 + 99))


def is_a_pipe(path: Path) -> None:
    os.mkfifo(path)


def is_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def zarr_with_a_link(path: Path) -> None:
    store = write_ome_zarr(path, planes())
    [chunk] = [file for file in (store / "0").rglob("*") if file.is_file() and file.name != "zarr.json"]
    secret = path.parents[4] / "secret chunk"
    chunk.rename(secret)
    chunk.symlink_to(secret)


def zarr_of_huge_claims(path: Path) -> None:
    import json

    document = write_ome_zarr(path, planes()) / "0" / "zarr.json"
    said = json.loads(document.read_text())
    said["shape"] = [1, 1, 1, 2**40, 2**40]
    document.write_text(json.dumps(said))


def zarr_bomb(path: Path) -> None:
    import imagecodecs

    store = write_ome_zarr(path, planes())
    [chunk] = [file for file in (store / "0").rglob("*") if file.is_file() and file.name != "zarr.json"]
    chunk.write_bytes(imagecodecs.zstd_encode(bytes(GIB * 2), 1))


def bomb_inside_xml(path: Path) -> None:
    bomb = base64.b64encode(zlib.compress(b"\0" * 300_000_000, 9)).decode()
    inside = f'<BinData BigEndian="false" Compression="zlib" Length="96">{bomb}</BinData>'
    path.write_text(ome_xml([planes()], [inside]))


def companion_outside(path: Path) -> None:
    """A member whose description is somebody else's."""
    secret = path.parents[4] / "secret.companion.ome"
    secret.write_text(ome_xml([planes()], [f'<TiffData><UUID FileName="{path.name}">urn:uuid:x</UUID></TiffData>']))
    only = f'<BinaryOnly MetadataFile="{secret}" UUID="urn:uuid:y"/>'
    write_ome_tiff(path, planes() * 0 + 99, xml=f'<OME xmlns="{OME}">{only}</OME>')


def stack_of_four_billion(path: Path) -> None:
    write_raw_tiff(path, {33628: [4, 8], 33629: [1, 2]}, count_of_33629=2**32 - 1)


CASES: list[tuple[Callable[[Path], None], str]] = [
    (claims_a_billion_planes, "x.ome.tiff"),
    (jpeg_2000_bomb, "x.tif"),
    (doctype, "x.ome.tiff"),
    (deep_xml, "x.ome.tiff"),
    (broken_strip, "x.tif"),
    (deflate_bomb, "x.tif"),
    (points_outside, "x.ome.tiff"),
    (companion_outside, "x.ome.tiff"),
    (bomb_inside_xml, "x.ome.xml"),
    (stack_of_four_billion, "x.stk"),
    (is_a_link_outside, "x.ome.tif"),
    (is_a_pipe, "x.tif"),
    (is_a_device, "x.tif"),
    (zarr_with_a_link, "x.ome.zarr"),
    (zarr_of_huge_claims, "x.ome.zarr"),
    (zarr_bomb, "x.ome.zarr"),
]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    make_site(root)
    build_site(root)
    return root


def add_file(root: Path, name: str) -> Path:
    description = root / "content/studies/mitosis/study.yaml"
    description.write_text(description.read_text().replace("images/b", f'"images/{name}", images/b', 1))
    return root / "content/studies/mitosis/images" / name


@pytest.mark.parametrize(("make", "name"), CASES, ids=[make.__name__ for make, _ in CASES])
def test_a_hostile_file_is_one_problem_and_the_rest_is_built(
    make: Callable[[Path], None], name: str, site: Path
) -> None:
    make(add_file(site, name))
    about = site / "content/pages/about.md"
    about.write_text(about.read_text() + "\nNew.\n")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.process_time()
    outcome = build_site(site)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert [problem.path for problem in outcome.problems] == [f"content/studies/mitosis/images/{name}"]
    assert str(site) not in str(outcome.problems[0]), "paths are the site's own"
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime + time.process_time() - start < 10
    assert "New." in (site / "_site/pages/about/index.html").read_text()
    assert len(list((site / "_site").rglob("*.ome.zarr"))) == 3
    assert not [
        path for path in (site / "_site").rglob("*") if b"\x63" * 64 in (path.read_bytes() if path.is_file() else b"")
    ]


def test_the_memory_of_all_processes_of_a_build_stays_below_a_gigabyte(site: Path) -> None:
    for number, (make, name) in enumerate(CASES):
        if make in (jpeg_2000_bomb, deflate_bomb, zarr_bomb, claims_a_billion_planes):
            make(add_file(site, f"{number}{name}"))
    code = (
        "import resource; from pathlib import Path; from tests.pipeline.sites import build_site\n"
        f"print(len(build_site(Path({str(site)!r})).problems))\n"
        # VmHWM is of this program alone; ru_maxrss of a process begins with the size of the one that started it.
        "own = Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0]\n"
        "print(int(own) + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    problems, kilobytes = map(int, done.stdout.split())
    assert problems == 4
    assert kilobytes << 10 < GIB


def test_a_study_is_found_only_inside_the_site(site: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("title: Secretissimo\n\nSecretissimo\n")
    study = site / "content/studies/mitosis"
    (site / "content/pages/secret.md").symlink_to(secret)
    (study / "images.csv").unlink()
    (study / "images.csv").symlink_to(secret)
    (site / "content/studies/other").mkdir()
    (site / "content/studies/other/study.yaml").symlink_to(secret)
    outcome = build_site(site)
    assert {problem.code for problem in outcome.problems} == {"content.outside"}
    assert len(outcome.problems) == 3
    everything = b"".join(path.read_bytes() for path in (site / "_site").rglob("*") if path.is_file())
    assert b"ecretissimo" not in everything


@pytest.mark.parametrize(
    "pattern",
    ["../../../../secret.tif", "{root}/../secret.tif", "images/../../../../../secret.tif", "../**/*.tif", "[z-a]*.tif"],
)
def test_a_pattern_finds_nothing_outside_the_study(pattern: str, site: Path) -> None:
    write_ome_tiff(site.parent / "secret.tif", planes())
    description = site / "content/studies/mitosis/study.yaml"
    said = description.read_text().replace("images/a.ome.tiff", f"'{pattern.format(root=site)}'")
    description.write_text(said)
    before = tree(site / "_site")
    assert {problem.code for problem in build_site(site).problems} <= {"study.no-such-file"}
    assert tree(site / "_site") == before


@pytest.mark.parametrize("stars", [8, 24])
def test_a_pattern_of_many_stars_is_matched_in_time(stars: int, site: Path) -> None:
    folder = site / "content/studies/mitosis/images" / "/".join("a" * 40)
    folder.mkdir(parents=True)
    write_ome_tiff(folder / "deep.tif", planes())
    description = site / "content/studies/mitosis/study.yaml"
    pattern = "**/" * stars + "*a" * stars + "b.none"
    description.write_text(description.read_text().replace("images/a.ome.tiff", f'"{pattern}"'))
    start = time.process_time()
    build_site(site)
    assert time.process_time() - start < 5


def test_a_yaml_bomb_is_refused_in_time(site: Path) -> None:
    lines = ["a: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"b{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    description = site / "content/studies/mitosis/study.yaml"
    for text in (
        "\n".join(lines),
        "a: &a [*a]\n",
        "[" * 100_000,
        "{" * 5000 + "}" * 5000,
        "a: !!python/object/apply:os.getpid []\n",
        "? [a]\n: b\n",
        "\0",
        "a: 2026-99-99",
    ):
        description.write_text(text)
        start = time.process_time()
        outcome = build_site(site)
        assert outcome.problems
        assert all("study.yaml" in (problem.path or "") for problem in outcome.problems)
        assert time.process_time() - start < 10


def test_prose_of_brackets_is_bounded_in_time(site: Path) -> None:
    for text in (
        "[" * 5000,
        "![" * 20_000,
        "<![CDATA[" * 5000,
        "[a](" * 60_000,
        "`" * 30_000,
        "- " * 5000,
        "x" * 10_000_000,
    ):
        (site / "content/pages/about.md").write_text("# About\n\n" + text)
        start = time.process_time()
        build_site(site)
        assert time.process_time() - start < 10, text[:12]


def test_a_huge_table_is_read_in_bounded_memory_or_refused(site: Path) -> None:
    table = site / "content/studies/mitosis/images.csv"
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "name", *(f"k{n}" for n in range(20))])
        row = ["x" * 40] * 20
        for _ in range(70_000):
            writer.writerow(["", "one", *row])
    with table.open("ab") as file:
        file.truncate(500_000_001)
    before = tree(site / "_site")
    outcome = build_site(site)
    assert [problem.code for problem in outcome.problems] == ["images.too-large"]
    assert tree(site / "_site") == before
