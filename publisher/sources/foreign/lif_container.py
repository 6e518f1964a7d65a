"""The parts of a Leica LIF or LOF file: its XML, and its memory blocks. No pixel is read here.

Layout after Leica's "LIF File Format": parts begin with the number 0x70 and a length; 0x2A stands before each field.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from publisher.formats.ome_xml.engine import Element, parse_xml
from publisher.sources.damage import damaged, unsupported
from publisher.sources.foreign.stored_bytes import FileBytes

MAGIC = b"\x70\0\0\0"
_PART, _FIELD = 0x70, 0x2A
_MOST_XML = 256 << 20
_MOST_BLOCKS = 200_000
_OBJECT_FILE = "LMS_Object_File"


@dataclass(frozen=True, slots=True)
class MemoryBlock:
    """Where the pixels of one image stand."""

    offset: int
    size: int


class LifContainer:
    """One opened LIF or LOF file: ``root`` is its XML, ``blocks`` its memory by name."""

    def __init__(self, path: Path, name: str) -> None:
        self.file = FileBytes(path)
        self.file.name = name
        self.name, self.path = name, path
        self.blocks: dict[str, MemoryBlock] = {}
        try:
            self.root = self._read()
        except BaseException:
            self.file.close()
            raise

    def close(self) -> None:
        """Release the file."""
        self.file.close()

    @property
    def is_object_file(self) -> bool:
        """Whether this is a LOF file, whose one block has no name."""
        return "" in self.blocks

    def _read(self) -> Element:
        text, place = self._text_part(0)
        if text == _OBJECT_FILE:
            return self._read_object(place)
        root = self._parsed(text)
        version = root.get("Version", "")
        if version not in ("1", "2"):
            raise unsupported(self.name, f"is a LIF file of version {version!r}, expected 1 or 2")
        while place < self.file.size:
            if len(self.blocks) >= _MOST_BLOCKS:
                raise damaged(self.name, f"has more than {_MOST_BLOCKS} memory blocks", code="source.too-large")
            place = self._memory(place, "<IIBIBI" if version == "1" else "<IIBQBI")
        return root

    def _read_object(self, place: int) -> Element:
        """A LOF file: versions, one block, and the XML behind it."""
        first, _, second, _, third, size = struct.unpack("<BIBIBQ", self.file.read(place, 19))
        if not first == second == third == _FIELD:
            raise damaged(self.name, "has no memory behind its header")
        self.blocks[""] = MemoryBlock(place + 19, size)
        text, _ = self._text_part(place + 19 + size)
        return self._parsed(f"<LMSDataContainerHeader><Element>{text}</Element></LMSDataContainerHeader>"
                            if text.startswith("<Data>") else text)  # fmt: skip

    def _text_part(self, place: int) -> tuple[str, int]:
        """Text of the part at ``place``, and the byte behind it."""
        mark, _, field, characters = struct.unpack("<IIBI", self.file.read(place, 13))
        if mark != _PART or field != _FIELD:
            raise damaged(self.name, f"has no text at byte {place}, where there must be one")
        if characters * 2 > _MOST_XML:
            raise damaged(self.name, f"claims {characters * 2} bytes of XML, at most {_MOST_XML} are read")
        data = self.file.read(place + 13, characters * 2)
        return data.decode("utf-16-le"), place + 13 + characters * 2

    def _memory(self, place: int, layout: str) -> int:
        """Note the memory block at ``place``; returns the byte behind it."""
        length = struct.calcsize(layout)
        fields: tuple[int, ...] = struct.unpack(layout, self.file.read(place, length))
        mark, _, first, size, second, characters = fields
        if mark != _PART or first != _FIELD or second != _FIELD:
            raise damaged(self.name, f"has no memory block at byte {place}, where there must be one")
        name = self.file.read(place + length, characters * 2).decode("utf-16-le")
        offset = place + length + characters * 2
        if offset + size > self.file.size:
            message = f"ends at byte {self.file.size}, within the memory block {name!r:.80} of {size} bytes"
            raise damaged(self.name, message, code="source.truncated")
        self.blocks[name] = MemoryBlock(offset, size)
        return offset + size

    def _parsed(self, text: str) -> Element:
        return parse_xml(text.lstrip("\ufeff").encode("utf-8"), name=self.name)
