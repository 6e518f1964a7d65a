"""What is private and does not leave: names of people, e-mail addresses, paths on someone's disk, patient tags.

Rules: design of safe publishing, "out by default". Curated text is never passed through here: what a
curator writes is meant to be read.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from publisher.model.annotation import Annotation, Pair
from publisher.model.image import Image
from publisher.model.labels import LabelImage, LabelValue
from publisher.model.screen import Plate

MASK = "[redacted]"
"""Stands where a private part of a longer text was."""

PERSONAL = (
    "FirstName",
    "MiddleName",
    "LastName",
    "DisplayName",
    "Email",
    "UserName",
    "OMEName",
    "ExperimenterGroup Name",
    "ExperimenterGroup Description",
    "attachment",
    "e-mail address",
    "path",
    "patient",
    "person",
)
"""Names that `privacy.keep` may list. The first seven are attributes of OME Experimenter; "attachment"
is the content of attached files, which cannot be searched; "e-mail address" and "path" are found in any text;
"patient" are DICOM's patient and physician tags; "person" are keys such as Operator and Owner."""

_SQUEEZE = re.compile(r"[^a-z0-9]+")
_LAST_PART = re.compile(r"[^|/\\.:>]+\Z")
_LAST_WORD = re.compile(r"[A-Z]?[a-z]+\Z|[A-Z]+\Z")
_COUNTER = re.compile(r"\s*#\s*\d+\s*\Z")
# DICOM PS3.3 C.7.1.1 and C.7.2.2 (patient), C.7.2.1 (physicians, operators)
_PATIENT = re.compile(
    r"(other)?patients?(s?names?|s?ids?|issuer|s?birth|s?sex|s?age|s?address|s?telephone|s?phone|s?mother|s?size"
    r"|s?weight|s?religious|s?insurance|s?comments?|s?state|s?country|s?ethnic|s?occupation|s?military)"
    r"|ethnicgroup|birthname|mothersbirth|medicalrecord|socialsecurity|militaryrank"
    r"|(referring|performing|requesting|reading|attending)?physicians?|operatorsname|responsibleperson"
)
_PERSON = frozenset(
    {
        "username", "user", "userid", "useraccount", "login", "loginname", "loggedinuser", "operator", "operatorname",
        "owner", "ownername", "experimenter", "experimentername", "email", "emailaddress", "mail", "author",
        "authorname", "creator", "createdby", "modifiedby", "lastmodifiedby", "firstname", "lastname", "middlename",
        "displayname", "fullname", "omename", "computername", "hostname", "artist",
    }
)  # fmt: skip
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_FILE = r"(?:[^\\/\n\r\"'<>|]*\.\w{1,5}\b|[^\s\\/\"'<>|]*)"
_PATHS = (
    re.compile(r"\bfile:/+[^\s\"'<>|]*", re.IGNORECASE),
    # C:\a\b c.tif, C:/a/b.tif, C:\\a\\b.tif as programs escape it
    re.compile(r"(?<![A-Za-z0-9])[A-Za-z]:[\\/]+(?:[^\\/\n\r\"'<>|]+[\\/]+)*" + _FILE),
    # \\server\share\b.tif
    re.compile(r"(?<![\w\\])\\\\+[\w.$-]+\\+(?:[^\\/\n\r\"'<>|]+\\+)*" + _FILE),
    # /home/a b/c.tif, //nas/a/b.tif: at least one folder; a slash between words ("and/or", "20x/0.8") is none, nor the
    # two of an address ("https://")
    re.compile(r"(?<![\w/.<)\]+])(?:(?<!:)/)?/(?:[\w.~](?:[^\\/\n\r\"'<>|]*[^\s\\/\"'<>|])?/)+" + _FILE),
)


_DRIVE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]:[\\/]")
_ROOTS = ("home", "Users", "root", "mnt", "media", "Volumes", "scratch")
_HOME = re.compile(
    "|".join(pattern.pattern for pattern in _PATHS[1:3])
    + rf"|(?i:\bfile:/+[^\s\"'<>|]*)|(?<![\w/.<)\]+])/(?:{'|'.join(_ROOTS)})/"
    r"(?:[\w.~](?:[^\\/\n\r\"'<>|]*[^\s\\/\"'<>|])?/)*" + _FILE
)
_HINTS = ("@", "\\", "file:", "FILE:", *(f"/{name}/" for name in _ROOTS))
"""What every address of a person and every path on a disk holds, but for those that begin with a drive."""


def _squeezed(name: str) -> str:
    return _SQUEEZE.sub("", name.lower())


@dataclass(frozen=True, kw_only=True)
class Redaction:
    """Which names are private: `privacy.redact` and `privacy.keep` of a site. Not slotted: it caches its lists.

    ``redact`` adds names of OME-XML elements, attributes or keys; ``keep`` takes names off `PERSONAL`, or
    off the keys called private here. ``people`` are given and family names that a document tells of; no text of it
    may tell both.
    """

    redact: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    people: tuple[tuple[str, str], ...] = ()

    def knowing(self, people: tuple[tuple[str, str], ...]) -> "Redaction":
        """The same rules for the words of a document that names ``people``."""
        return replace(self, people=people) if people and people != self.people else self

    @cached_property
    def _kept(self) -> frozenset[str]:
        return frozenset(map(_squeezed, self.keep))

    @cached_property
    def _added(self) -> frozenset[str]:
        return frozenset(map(_squeezed, self.redact))

    def takes(self, name: str) -> bool:
        """Whether the entry ``name`` of `PERSONAL` is to be left out."""
        return _squeezed(name) not in self._kept

    def is_added(self, name: str) -> bool:
        """Whether the site itself asks for elements, attributes and keys of this name to be left out."""
        return bool(self.redact) and _squeezed(name) in self._added

    def is_private(self, key: str) -> bool:
        """Whether a key, element or attribute of this name is to be left out with its value.

        Keys of vendors are paths: of "Information|Document|UserName #1" the last part counts, and of that,
        for people, the last word: "Global Operator", "AcquisitionUser".
        """
        whole = _squeezed(key)
        if self.is_added(key):
            return True
        part = _LAST_PART.search(_COUNTER.sub("", key).strip())
        last = _squeezed(part[0]) if part else whole
        if last in self._added:
            return True
        if last in self._kept or whole in self._kept:
            return False
        word = _LAST_WORD.search(part[0].strip()) if part else None
        if last in _PERSON or whole in _PERSON or (word and word[0].lower() in _PERSON):
            return self.takes("person")
        return self.takes("patient") and bool(_PATIENT.search(whole))

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        """Full names, in either order; None where there are none, or both parts may be published."""
        if not self.people or not (self.takes("FirstName") or self.takes("LastName")):
            return None
        orders = (order for first, last in self.people for order in ((first, last), (last, first)))
        return re.compile(r"\b(?:" + "|".join(rf"{re.escape(a)}[\s,_.]+{re.escape(b)}" for a, b in orders) + r")\b")

    @cached_property
    def _patterns(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        found = [("e-mail address", _EMAIL)] if self.takes("e-mail address") else []
        if self.takes("path"):
            found += [("path", pattern) for pattern in _PATHS]
        return tuple(found)

    def text(self, value: str, found: Callable[[str], None] = lambda _: None) -> str:
        """``value`` with e-mail addresses, absolute paths and full names of ``people`` replaced by `MASK`.

        ``found`` is told what each was.
        """
        if self._names:
            value, count = self._names.subn(MASK, value)
            for _ in range(count):
                found("LastName")
        if "@" not in value and "/" not in value and "\\" not in value:
            return value
        for what, pattern in self._patterns:
            value, count = pattern.subn(MASK, value)
            for _ in range(count):
                found(what)
        return value

    @cached_property
    def _curated(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        found = [("e-mail address", _EMAIL)] if self.takes("e-mail address") else []
        return (*found, *((("path", _HOME),) if self.takes("path") else ()))

    def curated(self, value: str, found: Callable[[str], None] = lambda _: None) -> str:
        """``value`` of a curator's table with e-mail addresses and paths on somebody's disk replaced by `MASK`.

        Only paths that begin as those of a computer's disk do: "/screenA/plate 1" is what a curator wrote.
        """
        if not any(hint in value for hint in _HINTS) and not (":/" in value and _DRIVE.search(value)):
            return value
        for what, pattern in self._curated:
            value, count = pattern.subn(MASK, value)
            for _ in range(count):
                found(what)
        return value

    def value(self, name: str, value: str) -> str:
        """As `text`, for what an element or attribute ``name`` says; empty where the site asks to leave it out."""
        return "" if self.is_added(name) else self.text(value)


def redacted_image(image: Image, redaction: Redaction) -> Image:
    """``image`` as it may be shown, but for its acquisition and original metadata, which `ImageRedactor` adds."""
    redaction = redaction.knowing(image.people)
    return replace(
        image,
        people=(),
        name=_without_bare_mask(redaction.text(image.name)),
        description=redaction.value("Description", image.description),
        acquired=None if redaction.is_added("AcquisitionDate") else image.acquired,
        channels=tuple(
            replace(channel, name=redaction.text(channel.name), fluor=redaction.value("Fluor", channel.fluor))
            for channel in image.channels
        ),
        annotations=redacted_annotations(image.annotations, redaction),
        acquisition=(),
        original=None,
    )


def _without_bare_mask(name: str) -> str:
    """``name``; none where nothing but masks is left of it, so that a reader is shown the file's instead."""
    return "" if MASK in name and not name.replace(MASK, "").strip() else name


def redacted_plate(plate: Plate, redaction: Redaction) -> Plate:
    """``plate`` as it may be shown: names and descriptions by the same rules. Rows and columns are no free text."""
    return replace(
        plate,
        name=redaction.text(plate.name),
        description=redaction.value("Description", plate.description),
        acquisitions=tuple(
            replace(each, name=redaction.text(each.name), description=redaction.value("Description", each.description))
            for each in plate.acquisitions
        ),
    )


def redacted_labels(labels: LabelImage, redaction: Redaction) -> LabelImage:
    """``labels`` as they may be shown: properties by the same rules, whose names are keys."""
    return replace(
        labels, source=redaction.text(labels.source), values=tuple(_value(v, redaction) for v in labels.values)
    )


def _value(value: LabelValue, redaction: Redaction) -> LabelValue:
    properties = (
        (redaction.text(key), redaction.text(told) if isinstance(told, str) else told)
        for key, told in value.properties
        if not redaction.is_private(key)
    )
    return replace(value, properties=tuple(properties))


def redacted_annotations(annotations: Iterable[Annotation], redaction: Redaction) -> tuple[Annotation, ...]:
    """``annotations`` as they may be shown; those of a private kind are left out, as are private keys of pairs."""
    return tuple(_annotation(each, redaction) for each in annotations if not _is_private_kind(each.kind, redaction))


def _is_private_kind(kind: str, redaction: Redaction) -> bool:
    """A site names kinds as the document does ("CommentAnnotation"), or without the word that all have in common."""
    return redaction.is_private(kind) or redaction.is_added(f"{kind}Annotation")


def _annotation(found: Annotation, redaction: Redaction) -> Annotation:
    return replace(
        found,
        value=redaction.text(found.value),
        pairs=redacted_pairs(found.pairs, redaction),
        file=found.file
        and replace(found.file, name=redaction.text(found.file.name), href=redaction.text(found.file.href)),
        annotations=redacted_annotations(found.annotations, redaction),
        namespace=redaction.value("Namespace", found.namespace),
        description=redaction.value("Description", found.description),
    )


def redacted_pairs(pairs: Iterable[Pair], redaction: Redaction) -> tuple[Pair, ...]:
    """``pairs`` without those of a private key, their words searched."""
    return tuple(
        replace(pair, key=redaction.text(pair.key), value=redaction.text(pair.value))
        for pair in pairs
        if not redaction.is_private(pair.key)
    )
