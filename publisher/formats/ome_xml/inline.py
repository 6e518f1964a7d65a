"""Pixels that stand inside an OME-XML document, cut out while it is read piece by piece.

They can be gigabytes, and no one reads them as XML: what is left is a document of ordinary size, and the places
in the file where the pixels are.
"""

import re
from dataclasses import dataclass

_MARK = re.compile(
    rb"<!--|<!\[CDATA\["
    rb"|<(?:[\w.-]+:)?(?P<holder>Pixels|Mask|MaskPixels|BinaryFile)(?=[\s/>])"
    # "<" cannot stand inside a tag (XML 1.0, 3.1), so the search never runs past the next one
    rb"""|<(?:[\w.-]+:)?BinData(?=[\s/>])(?:[^<>"']|"[^"<]*"|'[^'<]*')*+>"""
)


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a file: from ``offset``, ``length`` of them."""

    offset: int
    length: int


class InlinePixels:
    """Takes the pieces of a document in order and parts its text from the BinData directly inside Pixels.

    BinData of a Mask or an attached file is kept: it is metadata. The encoding must hold ASCII as ASCII.
    ``spans`` are where pixels stand, in document order; ``text_bytes`` counts what is left.
    """

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.text_bytes = 0
        self._parts: list[bytes] = []
        self._cuts: list[int] = []
        """For each span the number of parts before it."""
        self._buffer = b""
        self._at = 0
        """How much of the buffer is taken."""
        self._dropped = 0
        """Bytes of the document before the buffer."""
        self._until = b""
        self._holder = b""
        self._begin = 0

    def feed(self, piece: bytes) -> None:
        """Take the next piece."""
        self._dropped += self._at
        self._buffer, self._at = self._buffer[self._at :] + piece, 0
        while self._step():
            pass

    def close(self) -> None:
        """Take the end of the document."""
        if self._until == b"<":
            self._end_pixels()
        self._emit(len(self._buffer))

    def document(self) -> bytes:
        """The document without pixels; the tags of their BinData stay."""
        return b"".join(self._parts)

    def marked(self) -> bytes:
        """The same with the number of its span as the text of each BinData, so that a tree can be traced to spans."""
        parts, start = [], 0
        for number, cut in enumerate(self._cuts):
            parts += [*self._parts[start:cut], b"%d" % number]
            start = cut
        return b"".join([*parts, *self._parts[start:]])

    def _step(self) -> bool:
        """Take one mark of the buffer; whether there may be another."""
        if self._until == b"<":
            return self._in_pixels()
        if self._until:
            return self._in_comment()
        match = _MARK.search(self._buffer, self._at)
        if match is None:
            # What begins with the last "<" may be a mark whose end is still to come.
            last = self._buffer.rfind(b"<", self._at)
            self._emit(len(self._buffer) if last < 0 else last)
            return False
        self._emit(match.end())
        if match["holder"]:
            self._holder = match["holder"]
        elif match[0] in (b"<!--", b"<![CDATA["):
            self._until = b"-->" if match[0] == b"<!--" else b"]]>"
        elif self._holder == b"Pixels" and not match[0].endswith(b"/>"):
            self._until, self._begin = b"<", self._dropped + self._at
        return True

    def _in_pixels(self) -> bool:
        end = self._buffer.find(b"<", self._at)
        self._at = len(self._buffer) if end < 0 else end
        if end >= 0:
            self._end_pixels()
        return end >= 0

    def _end_pixels(self) -> None:
        self.spans.append(Span(self._begin, self._dropped + self._at - self._begin))
        self._cuts.append(len(self._parts))
        self._until = b""

    def _in_comment(self) -> bool:
        end = self._buffer.find(self._until, self._at)
        if end < 0:
            self._emit(max(self._at, len(self._buffer) - len(self._until) + 1))
            return False
        self._emit(end + len(self._until))
        self._until = b""
        return True

    def _emit(self, end: int) -> None:
        """Take the buffer up to ``end`` as text."""
        if end > self._at:
            self._parts.append(self._buffer[self._at : end])
            self.text_bytes += end - self._at
            self._at = end


def without_pixels(data: bytes) -> bytes:
    """``data`` with the text of every BinData directly inside Pixels removed (attributes stay)."""
    if b"BinData" not in data:
        return data
    scan = InlinePixels()
    scan.feed(data)
    scan.close()
    return scan.document()
