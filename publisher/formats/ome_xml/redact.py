"""Private parts of an OME-XML tree taken out, in place; what was taken is counted, never quoted."""

import re
from collections import Counter

from publisher.errors import Problem, Severity
from publisher.formats.ome_xml.engine import NS, Element, detach, local
from publisher.formats.redaction import MASK, Redaction

_EXPERIMENTER = ("FirstName", "MiddleName", "LastName", "DisplayName", "Email", "UserName", "OMEName")
_KEYS = ("K", "Key", "key", "Name", "name", "Tag", "tag", "Keyword")
_VALUES = ("Value", "value", "V", "v")
_URIS = ("Namespace", "href")


def redact(root: Element, redaction: Redaction, *, name: str) -> tuple[Problem, ...]:
    """Take out of ``root`` what ``redaction`` calls private; one warning names all kinds, with their counts."""
    work = _Redactor(redaction)
    work.people(root)
    work.attachments(root)
    work.walk(root)
    if not work.taken:
        return ()
    what = ", ".join(kind + (f" ({count} times)" if count > 1 else "") for kind, count in sorted(work.taken.items()))
    return (
        Problem(
            code="privacy.redacted",
            path=name,
            severity=Severity.WARNING,
            message=f"left out of the published OME-XML: {what}",
            hint=f'to publish one of them after all, add it to privacy.keep: "{min(work.taken)}"',
        ),
    )


class _Redactor:
    def __init__(self, redaction: Redaction) -> None:
        self.redaction = redaction
        self.taken: Counter[str] = Counter()
        self._names: list[str] = []
        self._private: dict[str, bool] = {}

    def people(self, root: Element) -> None:
        """Names leave; persons stay as numbered IDs, so that references hold (an ID may be a user name)."""
        renamed: dict[str, str] = {}
        for tag in ("Experimenter", "ExperimenterGroup"):
            for number, element in enumerate(root.iterfind(NS + tag)):
                renamed.setdefault(element.get("ID", ""), f"{tag}:{number}")
                # Before 2012-06 a group's ID was Group:0, which the upgrade makes ExperimenterGroup:Group:0.
                renamed.setdefault(element.get("ID", "").removeprefix("ExperimenterGroup:"), f"{tag}:{number}")
                element.set("ID", f"{tag}:{number}")
                self._person(element) if tag == "Experimenter" else self._group(element)
        for element in root.iter():
            tag = local(element)
            if tag in ("ExperimenterRef", "ExperimenterGroupRef", "Leader") and element.get("ID") in renamed:
                element.set("ID", renamed[element.get("ID")])
            if element.get("Annotator") in renamed:
                element.set("Annotator", renamed[element.get("Annotator")])
            if tag == "M" and element.text in renamed:  # a reference that was kept in words
                element.text = renamed[element.text]

    def _person(self, element: Element) -> None:
        first, last = element.get("FirstName", "").strip(), element.get("LastName", "").strip()
        for key in _EXPERIMENTER:
            if key in element.attrib and self.redaction.takes(key):
                self.taken[key] += 1 if element.attrib.pop(key).strip() else 0
        if len(first) > 1 and len(last) > 1 and any(map(self.redaction.takes, ("FirstName", "LastName"))):
            self._names += [rf"{re.escape(a)}[\s,_.]+{re.escape(b)}" for a, b in ((first, last), (last, first))]

    def _group(self, element: Element) -> None:
        description = element.find(NS + "Description")
        if "Name" in element.attrib and self.redaction.takes("ExperimenterGroup Name"):
            element.attrib.pop("Name")
            self.taken["ExperimenterGroup Name"] += 1
        if description is not None and self.redaction.takes("ExperimenterGroup Description"):
            element.remove(description)
            self.taken["ExperimenterGroup Description"] += 1

    def attachments(self, root: Element) -> None:
        """Bytes of attached files cannot be searched, so they stay behind; the name is kept."""
        if not self.redaction.takes("attachment"):
            return
        for data in root.iterfind(f".//{NS}BinaryFile/{NS}BinData"):
            if (data.text or "").strip():
                data.text = None
                data.set("Length", "0")
                self.taken["attachment"] += 1
        for pair in root.findall(f".//{NS}M"):
            if pair.get("K", "").endswith("BinaryFile/BinData"):  # kept in words, of an early release
                self._remove(pair, "attachment")

    def walk(self, root: Element) -> None:
        """Keys, names and text patterns everywhere, inside annotations of any kind too."""
        names = re.compile(r"\b(?:" + "|".join(self._names) + r")\b") if self._names else None
        foreign = {
            part for value in root.iterfind(f".//{NS}XMLAnnotation/{NS}Value") for part in value.iterdescendants()
        }
        for element in list(root.iter()):
            tag = local(element)
            if element is not root and self._is_private(tag, element, foreign=element in foreign):
                self._remove(element, tag)
                continue
            self._attributes(element, names, foreign=element in foreign)
            if element.text and tag != "BinData" and not element.text.isspace():
                element.text = self._text(element.text, names)
            if element.tail and not element.tail.isspace():
                element.tail = self._text(element.tail, names)

    def _is_private(self, tag: str, element: Element, *, foreign: bool) -> bool:
        """By its own name, or as the entry of a private key (M of a Map, Key and Value of a vendor's table).

        OME's own elements are private only where the site says so: Experimenter is handled in `people`.
        """
        if not foreign:
            return self.redaction.is_added(tag) or (tag == "M" and self._called(element.get("K", "")))
        if self._called(tag):
            return True
        if element.text or any(key in element.attrib for key in _VALUES):
            return any(self._called(element.get(key, "")) for key in _KEYS)
        children = {local(child): child.text or "" for child in element}
        return any(v in children for v in _VALUES) and any(self._called(children.get(key, "")) for key in _KEYS)

    def _called(self, name: str) -> bool:
        if name not in self._private:
            self._private[name] = self.redaction.is_private(name)
        return self._private[name]

    def _remove(self, element: Element, tag: str) -> None:
        if element.getparent() is not None:
            self.taken[tag if tag == "attachment" or self._called(tag) else "private key"] += 1
            detach(element)

    def _attributes(self, element: Element, names: re.Pattern[str] | None, *, foreign: bool) -> None:
        for key, value in element.attrib.items():
            name = key.rpartition("}")[2]
            if self._called(name) if foreign else self.redaction.is_added(name):
                element.attrib.pop(key)
                self.taken[name] += 1
                continue
            text = self._text(value, names)
            if text != value:
                # [ and ] cannot stand in a URI
                element.set(key, text.replace(MASK, "redacted") if key in _URIS else text)

    def _text(self, value: str, names: re.Pattern[str] | None) -> str:
        value = self.redaction.text(value, self._count)
        if names:
            value, found = names.subn(MASK, value)
            if found:
                self.taken["LastName"] += found
        return value

    def _count(self, what: str) -> None:
        self.taken[what] += 1
