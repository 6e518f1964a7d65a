"""Which reader gets a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from publisher.entry_points import Plugin
from publisher.errors import DamagedSourceError, MissingReaderError, PluginError, UnsupportedFormatError
from publisher.model.location import Address
from publisher.sources.extras import is_installed
from publisher.sources.protocol import ImageSource, Roots
from publisher.sources.registry import installed_readers
from publisher.testing.images import planes, write_ome_tiff, write_ome_zarr


@dataclass(frozen=True)
class SlideReader:
    """A reader as a plugin would bring it."""

    name: str = "slides"
    suffixes: tuple[str, ...] = (".special.ome.tiff", ".slide")
    revision: int = 1

    def can_read(self, path: Path, head: bytes) -> bool:
        return bool(head)

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> ImageSource:
        raise NotImplementedError


@dataclass(frozen=True)
class LaterReader(SlideReader):
    """A reader made for an interface that is not there yet."""

    interface: int = 2


@dataclass(frozen=True)
class WebReader(SlideReader):
    """A reader of addresses, first by its name."""

    name: str = "a-web"

    def open_address(self, address: Address, *, axes: str | None = None) -> ImageSource:
        raise NotImplementedError


class Broken:
    """Something that is no reader."""


def _plugin(value: str, name: str = "slides") -> Plugin:
    return Plugin(name, "slides-for-publisher", EntryPoint(name, value, "publisher.readers"))


def test_built_in_readers_are_there() -> None:
    expected = {"tiff", "ome-xml", "ome-zarr", "czi", "lif", "nd2", "mrc", "deltavision", "picture"}
    assert expected <= set(installed_readers([]).readers)


def test_the_longest_suffix_wins(tmp_path: Path) -> None:
    registry = installed_readers([_plugin(f"{__name__}:SlideReader")])
    special = write_ome_tiff(tmp_path / "a.special.ome.tiff", planes())
    plain = write_ome_tiff(tmp_path / "a.ome.tiff", planes())
    assert registry.reader_of(special).name == "slides"
    assert registry.reader_of(plain).name == "tiff"
    assert registry.reader_of(special, name="tiff").name == "tiff"


def test_a_file_without_suffix_is_known_by_its_content(tmp_path: Path) -> None:
    path = write_ome_tiff(tmp_path / "a.ome.tiff", planes()).rename(tmp_path / "no suffix")
    assert installed_readers([]).reader_of(path).name == "tiff"


def test_a_zarr_folder_is_known(tmp_path: Path) -> None:
    assert installed_readers([]).reader_of(write_ome_zarr(tmp_path / "a", planes())).name == "ome-zarr"


@pytest.mark.skipif(is_installed("bioio"), reason="bioio is installed, and takes whatever has a known name")
def test_a_known_format_without_reader_says_what_to_install(tmp_path: Path) -> None:
    for name, what in (("a.nd2", r"Nikon ND2.*pip install 'ome-publisher\[nd2\]'"), ("a.ims", "Imaris.*pip install")):
        (tmp_path / name).write_bytes(b"no header of such a file")
        with pytest.raises(MissingReaderError, match=what):
            installed_readers([]).reader_of(tmp_path / name)


def test_an_unknown_format_lists_what_is_known(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_bytes(b"words")
    with pytest.raises(UnsupportedFormatError, match=r"they are .*ome-xml, ome-zarr.*tiff"):
        installed_readers([]).reader_of(tmp_path / "a.doc")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DamagedSourceError, match="does not exist"):
        installed_readers([]).reader_of(tmp_path / "a.tif")


def test_a_reader_that_is_not_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingReaderError, match=r"'slides'.*ome-zarr.*tiff"):
        installed_readers([]).reader_of(tmp_path / "a.slide", name="slides")


@contextmanager
def _names_the_distribution() -> Iterator[None]:
    with pytest.raises(PluginError, match="slides-for-publisher"):
        yield


def test_a_broken_plugin_is_named_with_its_package() -> None:
    with _names_the_distribution():
        installed_readers([_plugin("no_such_module_here:Reader")])
    with _names_the_distribution():
        installed_readers([_plugin(f"{__name__}:Broken")])
    with _names_the_distribution():
        installed_readers([_plugin("publisher.sources.tiff_reader:TiffReader")])


def test_a_plugin_for_another_version_of_the_interface_is_refused() -> None:
    with pytest.raises(PluginError, match=r"slides-for-publisher.*interface 2 of readers.*has 1"):
        installed_readers([_plugin(f"{__name__}:LaterReader")])


def test_an_address_goes_to_the_reader_of_its_suffix_and_else_to_ome_zarr() -> None:
    registry = installed_readers([_plugin(f"{__name__}:WebReader")])
    assert registry.reader_of(Address("https://host/a.slide")).name == "a-web"
    assert registry.reader_of(Address("https://host/a.ome.zarr")).name == "ome-zarr"
    assert registry.reader_of(Address("https://host/data/17")).name == "ome-zarr"


def test_a_source_that_forgets_what_it_must_answer_cannot_be_opened() -> None:
    class Forgetful(ImageSource):
        def __exit__(self, *_: object) -> None: ...

    with pytest.raises(TypeError, match=r"identity.*images.*levels.*read.*tiling"):
        Forgetful()  # type: ignore[abstract]  # on purpose
