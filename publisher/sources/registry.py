"""Which reader reads a file: built-in ones and those that installed packages offer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from publisher.entry_points import Plugin, plugins
from publisher.errors import MissingReaderError, PluginError, Problem, UnsupportedFormatError
from publisher.model.location import Address, Location
from publisher.sources.damage import damage_boundary, damaged
from publisher.sources.extras import EXTRAS, KNOWN, missing
from publisher.sources.late_reader import late_readers
from publisher.sources.ome_xml import OmeXmlReader
from publisher.sources.protocol import INTERFACE_VERSION, ImageSource, Reader, RemoteReader, Roots
from publisher.sources.tiff_reader import TiffReader

GROUP = "publisher.readers"
HEAD_BYTES = 4096
OF_ADDRESSES = "ome-zarr"
"""The reader that is asked for what stands at an address without a known suffix."""
LAST_RESORT = "bioio"
"""The reader that is asked when no other takes a file."""


@dataclass(frozen=True, slots=True)
class Registry:
    """Readers by name. Build it once with `installed_readers`."""

    readers: Mapping[str, Reader]

    def named(self, name: str, path: Location) -> Reader:
        """The reader that the curator named for ``path``."""
        reader = self.readers.get(name)
        if reader is None:
            message = f"asks for the reader {name!r}, installed are: {', '.join(sorted(self.readers))}"
            hint = "install the package that brings it, or correct `reader:` in study.yaml"
            raise MissingReaderError(Problem(code="source.no-such-reader", path=str(path), message=message, hint=hint))
        return reader

    def open(
        self, location: Location, roots: Roots, *, name: str | None = None, axes: str | None = None
    ) -> ImageSource:
        """Open ``location`` with the reader for it; ``name`` and ``axes`` are what the curator says of it."""
        return open_source(self.reader_of(location, name=name), location, roots, axes=axes)

    def reader_of(self, path: Location, *, name: str | None = None) -> Reader:
        """The reader for ``path``: the one named, else the longest suffix that also accepts the content.

        At an address no content is asked for: the suffix decides among the readers of addresses, and what has no known
        one is taken for an OME-Zarr. Raises MissingReaderError for a format that is known by name,
        UnsupportedFormatError for others.
        """
        if name is not None:
            return self.named(name, path)
        if isinstance(path, Address):
            return self._remote(path)
        head = _head(path)
        for reader in self._by_suffix(path.name.lower()):
            with damage_boundary(path, f"asking the reader {reader.name}"):
                if reader.can_read(path, head):
                    return reader
        raise self._nobody(path)

    def _remote(self, address: Address) -> Reader:
        name = address.name.lower()
        for reader in self._by_suffix(name):
            if isinstance(reader, RemoteReader) and name.endswith(tuple(map(str.lower, reader.suffixes))):
                return reader
        return self.named(OF_ADDRESSES, address)

    def _by_suffix(self, file_name: str) -> Iterable[Reader]:
        """Readers with a suffix that fits, longest suffix first; then the others, by name; the last resort last."""

        def rank(reader: Reader) -> tuple[bool, int, str]:
            fitting = (len(suffix) for suffix in reader.suffixes if file_name.endswith(suffix.lower()))
            return reader.name == LAST_RESORT, -max(fitting, default=0), reader.name

        return sorted(self.readers.values(), key=rank)

    def suffixes(self) -> tuple[str, ...]:
        """Every suffix that some reader takes, longest first."""
        found = {suffix.lower() for reader in self.readers.values() for suffix in reader.suffixes}
        return tuple(sorted(found, key=lambda suffix: (-len(suffix), suffix)))

    def _nobody(self, path: Path) -> UnsupportedFormatError | MissingReaderError:
        name = path.name.lower()
        suffix = max((suffix for suffix in KNOWN if name.endswith(suffix)), key=len, default="")
        if suffix:
            message = f"is {KNOWN[suffix]}, for which no reader is installed"
            return missing(path, message, EXTRAS.get(suffix), suffix)
        message = f"is of no format that an installed reader knows; they are {', '.join(sorted(self.readers))}"
        hint = "leave it out, or convert it to OME-Zarr with bioformats2raw"
        return UnsupportedFormatError(Problem(code="source.unsupported", path=str(path), message=message, hint=hint))


def open_source(reader: Reader, location: Location, roots: Roots, *, axes: str | None = None) -> ImageSource:
    """Open ``location`` with ``reader``; raises UnsupportedFormatError where that reads no addresses."""
    if not isinstance(location, Address):
        return reader.open(location, roots, axes=axes)
    if isinstance(reader, RemoteReader):
        return reader.open_address(location, axes=axes)
    message = f"is on the web, where the reader {reader.name} does not read"
    problem = Problem(code="source.unsupported", path=str(location), message=message, hint="download it first")
    raise UnsupportedFormatError(problem)


def _head(path: Path) -> bytes:
    if path.is_dir():
        return b""
    if not path.is_file():
        raise damaged(path, "does not exist or is not a regular file", code="source.not-found")
    with damage_boundary(path, "opening"), path.open("rb") as file:
        return file.read(HEAD_BYTES)


def installed_readers(offered: Iterable[Plugin] | None = None) -> Registry:
    """Built-in readers and those of installed packages (entry points ``publisher.readers``)."""
    builtin: tuple[Reader, ...] = (
        TiffReader(),
        OmeXmlReader(),
        *late_readers(),
    )
    readers = {reader.name: reader for reader in builtin}
    for plugin in plugins(GROUP) if offered is None else offered:
        reader = _reader_of(plugin)
        if reader.name in readers:
            message = f"the package {plugin.distribution!r} brings a second reader named {reader.name!r}"
            raise PluginError(Problem(code="plugin.name-taken", message=message))
        readers[reader.name] = reader
    return Registry(readers)


def _reader_of(plugin: Plugin) -> Reader:
    loaded = plugin.load()
    try:
        reader = loaded() if isinstance(loaded, type) else loaded
    except Exception as error:  # a plugin may fail in any way while it is made
        raise _bad_plugin(plugin, str(error)) from error
    if not all(hasattr(reader, name) for name in ("name", "suffixes", "revision", "can_read", "open")):
        raise _bad_plugin(plugin, "it is not a Reader (name, suffixes, revision, can_read, open)")
    made_for = getattr(reader, "interface", 1)
    if made_for != INTERFACE_VERSION:
        message = f"it was made for interface {made_for!r} of readers, this publisher has {INTERFACE_VERSION}"
        raise _bad_plugin(plugin, message)
    return reader  # type: ignore[return-value]  # a Protocol can be checked at run time by its names only


def _bad_plugin(plugin: Plugin, why: str) -> PluginError:
    message = f"the reader {plugin.name!r} of the installed package {plugin.distribution!r} cannot be used: {why}"
    return PluginError(Problem(code="plugin.bad-reader", message=message))
