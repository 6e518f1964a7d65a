"""Which file with regions belongs to which image: as the curator says, by its name, or by what the document names."""

from collections.abc import Iterable, Mapping, Sequence

from publisher.catalogue.attachments import AttachmentRef
from publisher.errors import Problem, PublisherError
from publisher.model.container import Entry
from publisher.model.identity import stem
from publisher.model.image import Image
from publisher.pipeline.region_tasks import RegionFile, regions_of_file
from publisher.pipeline.site import Site
from publisher.sources.damage import warning

_BREAKS = "_-. "
"""What may follow an image's name in that of its file with regions: cell-1.tif, cell-1_RoiSet.zip."""
Named = tuple[Entry, Image]
_REVISION = 2
"""Raised when more, or other things, are remembered of the same document."""


def region_files(
    site: Site, refs: Sequence[AttachmentRef], images: Iterable[Named]
) -> Mapping[str, tuple[RegionFile, ...]]:
    """The files with regions of each image, by the id of its page; what belongs to none is warned of."""
    index = _Index(images)
    found: dict[str, list[RegionFile]] = {}
    for ref in refs:
        entries, problem = _images_of(site, ref, index)
        if problem:
            site.warn([problem])
        masks = _masks(site, ref) if entries else {}
        for entry in entries:
            count = next((masks[name] for name in index.names[entry.id] if name in masks), masks.get("", 0))
            found.setdefault(entry.id, []).append(RegionFile(path=ref.path, location=ref.location, masks=count))
    return {identifier: tuple(files) for identifier, files in found.items()}


def names_of(entry: Entry, image: Image) -> tuple[str, ...]:
    """What a document with several images may call this one."""
    return tuple(dict.fromkeys((entry.name, image.name, image.ome_id, entry.id)))


class _Index:
    """Images by what they are called."""

    def __init__(self, images: Iterable[Named]) -> None:
        self.by_word: dict[str, dict[str, Entry]] = {}
        self.by_path: dict[str, dict[str, Entry]] = {}
        self.names: dict[str, tuple[str, ...]] = {}
        """By the id of a page: what a document with several images may call the image, the surest first."""
        listed = list(images)
        for entry, image in listed:
            self.names[entry.id] = tuple(filter(None, names_of(entry, image)))
            for word in (entry.id, entry.name, image.name, image.ome_id):
                if word:
                    self.by_word.setdefault(word.lower(), {})[entry.id] = entry
            if entry.ref:
                self.by_path.setdefault(entry.ref.path, {})[entry.id] = entry
        for path, entries in self.by_path.items():
            if len(entries) == 1:
                self.by_word.setdefault(stem(path).lower(), {}).update(entries)

    def called(self, word: str) -> list[Entry]:
        """Images of a name, an id, or the name of their file."""
        return list(self.by_word.get(word.lower(), {}).values())

    def beginning(self, word: str) -> list[Entry]:
        """The images whose name ``word`` begins with: of several names the longest."""
        word = word.lower()
        for end in range(len(word) - 1, 0, -1):
            if word[end] in _BREAKS and word[:end] in self.by_word:
                return self.called(word[:end])
        return []


def _images_of(site: Site, ref: AttachmentRef, index: _Index) -> tuple[list[Entry], Problem | None]:
    if ref.image:
        found = list(index.by_path.get(ref.image, {}).values()) or index.called(ref.image)
        return _one(found, site, ref, f"`image: {ref.image}`")
    name = stem(ref.path)
    if found := index.called(name) or index.beginning(name):
        return _one(found, site, ref, f"the name {name!r}")
    try:
        named = _named(site, ref)
    except PublisherError as error:
        problem = error.problems[0]
        return [], warning(site.shown(ref.location), problem.code, problem.message, hint=problem.hint)
    found = [each for words in named for word in words if word for each in index.called(word)]
    return list({each.id: each for each in found}.values()), None if found else _no_image(site, ref, "its name")


def _one(found: list[Entry], site: Site, ref: AttachmentRef, by: str) -> tuple[list[Entry], Problem | None]:
    """All images of a document that may name them; else a single one."""
    if not found:
        return [], _no_image(site, ref, by)
    if len(found) > 1 and not _is_document(ref):
        message = f"{by} fits {len(found)} images: its regions are not shown"
        hint = "name one of them by its id: `image: " + found[0].id + "`"
        return [], warning(site.shown(ref.location), "regions.several-images", message, hint=hint)
    return found, None


def _no_image(site: Site, ref: AttachmentRef, by: str) -> Problem:
    message = f"{by} fits no image of the study: its regions are not shown"
    hint = "call the file as its image, or say `image:` with the path, id or name of the image"
    return warning(site.shown(ref.location), "regions.no-image", message, hint=hint)


def _named(site: Site, ref: AttachmentRef) -> list[tuple[str, str]]:
    """IDs and names of the images that an OME-XML document has regions for."""
    return [(ome_id, name) for ome_id, name, _ in _held(site, ref)]


def _masks(site: Site, ref: AttachmentRef) -> dict[str, int]:
    """How many regions with masks an OME-XML document has for an image of a name or ID; "" is its only image."""
    try:
        held = _held(site, ref) if _is_document(ref) else []
    except PublisherError:
        return {}  # the step that reads its regions says what is wrong with it
    named = {word: masks for *words, masks in held for word in words if word}
    return named | {"": held[0][2]} if len(held) == 1 else named


def _is_document(ref: AttachmentRef) -> bool:
    """Whether a file with regions may be an OME-XML document: others hold no masks."""
    return ref.path.lower().endswith((".xml", ".ome"))


def _held(site: Site, ref: AttachmentRef) -> list[tuple[str, str, int]]:
    """ID, name and regions with masks of the images that an OME-XML document has regions for.

    Remembered while the document stays the same.
    """
    status = ref.location.stat()
    stamp = [_REVISION, status.st_size, status.st_mtime_ns]
    memo = site.ledger.memo("region-images", str(ref.location))
    if memo is None or memo[0] != stamp:
        found = site.call(regions_of_file, ref.location, ref.location, timeout_s=site.options.inspect_timeout_s)
        memo = [stamp, [[each.ome_id, each.name, each.masks] for each in found]]
        site.ledger.remember("region-images", str(ref.location), memo)
    return [(ome_id, name, masks) for ome_id, name, masks in memo[1]]
