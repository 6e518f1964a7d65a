"""OME-XML files read in pieces: words are kept within the limits of a document, pixels are only located."""

import stat
from pathlib import Path

from publisher.formats.ome_xml.guard import Limits
from publisher.formats.ome_xml.inline import InlinePixels
from publisher.sources.damage import damaged, unsupported

PIECE_BYTES = 1 << 20
WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
"""How UTF-16 begins."""


def scan_ome_xml(path: Path, *, limits: Limits = Limits()) -> InlinePixels:  # noqa: B008  # a frozen value
    """The document at ``path``, taken to its end; raises SourceError for what is too large or in UTF-16."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise damaged(path, "is not a regular file")
    scan = InlinePixels()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(PIECE_BYTES):
            if not scan.text_bytes and piece.startswith(WIDE):
                raise unsupported(path, "is OME-XML in UTF-16", hint="save it as UTF-8")
            scan.feed(piece)
            if scan.text_bytes > limits.size:
                message = f"is OME-XML with more than {limits.size:,} bytes beside its pixels"
                raise damaged(path, message, code="ome-xml.too-large")
    scan.close()
    return scan


def read_head(path: Path, count: int = 16384) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as file:
        return file.read(count)
