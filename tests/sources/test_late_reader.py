"""What is said of readers that are loaded late."""

import subprocess
import sys
from pathlib import Path

import pytest

from publisher.sources.late_reader import LateReader, late_readers
from publisher.sources.protocol import RemoteReader


@pytest.mark.parametrize("late", late_readers(), ids=lambda late: late.name)
def test_what_is_said_beforehand_is_what_the_reader_says(late: LateReader) -> None:
    reader = late.loaded()
    assert (late.name, late.suffixes, late.revision) == (reader.name, reader.suffixes, reader.revision)
    assert isinstance(late, RemoteReader) == isinstance(reader, RemoteReader)
    assert not late.can_read(Path("a.txt"), b"words")


def test_readers_of_other_formats_are_not_loaded_with_the_registry() -> None:
    code = """import sys, publisher.sources.registry as registry
registry.installed_readers([])
sources = [name.rpartition(".")[2] for name in sys.modules if "publisher.sources." in name]
print([name for name in sources if name in ("ome_zarr", "czi", "lif", "mrc", "nrrd", "bioio_reader")])"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
