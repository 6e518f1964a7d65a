"""The judge of two builds sees a changed page and a changed value, and lets other compressed bytes pass."""

from pathlib import Path

import numpy as np
import zarr
from zarr.codecs import ZstdCodec

from tests.interop.compare_sites import differences


def site(folder: Path, *, level: int = 1, value: int = 7, text: str = "words") -> Path:
    folder.mkdir()
    (folder / "index.html").write_text(text)
    pixels = np.full((64, 64), value, dtype=np.uint16) + np.arange(64, dtype=np.uint16)
    zarr.create_array(
        folder / "0", data=pixels, chunks=(32, 32), compressors=ZstdCodec(level=level, checksum=level > 1)
    )
    return folder


def test_other_compressed_bytes_are_the_same_site(tmp_path: Path) -> None:
    one, other = site(tmp_path / "a"), site(tmp_path / "b", level=9)
    (other / "0" / "zarr.json").write_bytes((one / "0" / "zarr.json").read_bytes())
    assert list(differences(one, other)) == ["(same) 0"]


def test_a_changed_value_and_a_changed_page_are_told(tmp_path: Path) -> None:
    one, other = site(tmp_path / "a"), site(tmp_path / "b", value=8, text="other words")
    assert list(differences(one, other)) == ["differs: 0", "differs: index.html"]
