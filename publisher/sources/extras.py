"""Formats whose readers need libraries that are installed on request."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from publisher.errors import MissingReaderError, Problem

KNOWN: Mapping[str, str] = MappingProxyType(
    {
        ".nd2": "Nikon ND2", ".xlif": "Leica XLIF", ".xlef": "Leica XLEF",
        ".oib": "Olympus OIB", ".oif": "Olympus OIF", ".vsi": "Olympus VSI",
        ".bif": "Ventana BIF", ".scn": "Leica SCN",
        ".mrxs": "3DHISTECH MRXS", ".ims": "Imaris", ".dcm": "DICOM", ".zvi": "Zeiss ZVI",
        ".lei": "Leica LEI", ".ics": "ICS", ".ids": "ICS", ".sld": "SlideBook",
        ".n5": "N5", ".h5": "HDF5",
    }
)  # fmt: skip
"""Formats by suffix that no built-in reader reads without more being installed."""

EXTRAS: Mapping[str, str] = MappingProxyType({".nd2": "nd2"})
"""The extra of publisher that reads files with a suffix."""


def is_installed(library: str) -> bool:
    """Whether ``library`` can be imported; it is not."""
    return find_spec(library) is not None


def require(path: Path, library: str, extra: str, what: str) -> None:
    """Raise MissingReaderError, naming the command, unless ``library`` is installed; ``what`` is the format."""
    if not is_installed(library):
        raise missing(path, f"is {what}, and {library}, which reads it, is not installed", extra)


def missing(path: Path, message: str, extra: str | None, suffix: str = "") -> MissingReaderError:
    """The error for a format that could be read if more were installed."""
    if extra:
        command = f"pip install 'ome-publisher[{extra}]'"
    else:
        command = f"pip install a package that brings a {suffix} reader, or 'ome-publisher[bioio]' and bioio's plugin"
    hint = f"{command}, or convert the file with bioformats2raw"
    return MissingReaderError(Problem(code="source.missing-reader", path=str(path), message=message, hint=hint))
