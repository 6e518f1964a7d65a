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
        for entry in entries:
            found.setdefault(entry.id, []).append(RegionFile(path=ref.path, location=ref.location))
    return {identifier: tuple(files) for identifier, files in found.items()}


class _Index:
    """Images by what they are called."""

    def __init__(self, images: Iterable[Named]) -> None:
        self.by_word: dict[str, dict[str, Entry]] = {}
        self.by_path: dict[str, dict[str, Entry]] = {}
        listed = list(images)
        for entry, image in listed:
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
    if len(found) > 1 and not ref.path.lower().endswith((".xml", ".ome")):
        message = f"{by} fits {len(found)} images: its regions are not shown"
        hint = "name one of them by its id: `image: " + found[0].id + "`"
        return [], warning(site.shown(ref.location), "regions.several-images", message, hint=hint)
    return found, None


def _no_image(site: Site, ref: AttachmentRef, by: str) -> Problem:
    message = f"{by} fits no image of the study: its regions are not shown"
    hint = "call the file as its image, or say `image:` with the path, id or name of the image"
    return warning(site.shown(ref.location), "regions.no-image", message, hint=hint)


def _named(site: Site, ref: AttachmentRef) -> list[tuple[str, ...]]:
    """IDs and names of the images that an OME-XML document has regions for, remembered while it stays the same."""
    status = ref.location.stat()
    stamp = [status.st_size, status.st_mtime_ns]
    memo = site.ledger.memo("region-images", str(ref.location))
    if memo is None or memo[0] != stamp:
        found = site.call(regions_of_file, ref.location, ref.location, timeout_s=site.options.inspect_timeout_s)
        memo = [stamp, [list(each) for each in found]]
        site.ledger.remember("region-images", str(ref.location), memo)
    return [tuple(each) for each in memo[1]]
