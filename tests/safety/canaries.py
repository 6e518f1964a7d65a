"""Tokens that must not come out, and a search of every byte of a site for them."""

import base64
import gzip
import io
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import quoteattr

TOKEN = "kanarie"
"""Beginning of every token: letters only, so that it survives slugs, file names and identifiers."""


def token(number: int) -> str:
    """Token ``number``: ``kanarieab``."""
    return TOKEN + chr(97 + number // 26) + chr(97 + number % 26)


class Canaries:
    """Gives each field a token of its own and remembers which."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}

    def __call__(self, field: str) -> str:
        known = {name: value for value, name in self.fields.items()}
        if field not in known:
            known[field] = token(len(self.fields))
            self.fields[known[field]] = field
        return known[field]

    def found_in(self, folder: Path) -> dict[str, list[str]]:
        """Fields whose token stands in a file or a file's name below ``folder``, with the files."""
        hits: dict[str, list[str]] = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            views = [name.lower().encode(), *(_views(path.read_bytes()) if path.is_file() else ())]
            if not any(TOKEN.encode() in view for view in views) and not any(map(_may_hide_base64, views)):
                continue
            for value, field in self.fields.items():
                if any(form in view for form in (value.encode(), *_base64(value)) for view in views):
                    hits.setdefault(field, []).append(name)
        return hits


def _base64(value: str) -> list[bytes]:
    """What base64 makes of ``value`` wherever it stands in a text: the part that it alone decides, in lower case."""
    size = len(value)
    return [
        base64.b64encode(b" " * shift + value.encode())[-(-8 * shift // 6) : 8 * (shift + size) // 6].lower()
        for shift in range(3)
    ]


_INSIDE = tuple(form[:8] for form in _base64(TOKEN))


def _may_hide_base64(view: bytes) -> bool:
    """Whether the beginning of any token may stand in ``view``, as base64."""
    return any(part in view for part in _INSIDE)


def _views(data: bytes) -> list[bytes]:
    """The bytes as they are, without the zeros of UTF-16, and what gzip, zlib or zip hides in them."""
    views = [data.lower()]
    if b"\0" in data:
        views.append(data.replace(b"\0", b"").lower())
    if data[:2] == b"\x1f\x8b":
        views.append(gzip.decompress(data).lower())
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            views += [view for name in archive.namelist() for view in _views(archive.read(name))]
            views.append(" ".join(archive.namelist()).lower().encode())
    start = data.find(b"\x78\x9c")
    while start >= 0:  # PNG's zTXt and iCCP, PDF, zlib chunks
        with suppress(zlib.error):
            views.append(zlib.decompressobj().decompress(data[start:], 1 << 24).lower())
        start = data.find(b"\x78\x9c", start + 1)
    return views


def private_ome(canary: Canaries) -> str:
    """Elements of OME-XML that say who and where."""
    person = " ".join(
        f"{name}={quoteattr(canary('Experimenter ' + name))}"
        for name in ("FirstName", "MiddleName", "LastName", "UserName")
    )
    email = f'Email="{canary("Experimenter Email")}@example.org"'
    return (
        f'<Experimenter ID="Experimenter:0" {person} {email}/>'
        f'<ExperimenterGroup ID="ExperimenterGroup:0" Name="{canary("Group Name")}">'
        f"<Description>{canary('Group Description')}</Description></ExperimenterGroup>"
    )


def private_words(canary: Canaries, place: str) -> str:
    """A text with an e-mail address and paths in it, as acquisition programs write them."""
    return (
        f"Saved by {canary(place + ' mail')}@lab.example.org to /home/{canary(place + ' home')}/data/"
        f"{canary(place + ' file')}.lsm and C:\\Users\\{canary(place + ' windows')}\\Desktop\\x.czi or "
        f"\\\\server\\{canary(place + ' share')}\\y.nd2"
    )
