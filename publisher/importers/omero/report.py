"""What a curator is told of a transfer pack, and what its study is called."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from publisher.formats.ome_xml.engine import NS
from publisher.formats.ome_xml.tree import OmeTree
from publisher.importers.draft import Todo, counted
from publisher.importers.omero.images import PackImage
from publisher.importers.omero.places import DOCUMENT, PackPlaces

_MOST_NAMED = 5


def title(tree: OmeTree, path: Path) -> str:
    """The name of the one project, screen, dataset or plate that holds all; else that of the pack at ``path``."""
    root = tree.root
    tops = [each.get("Name", "").strip() for tag in ("Project", "Screen") for each in root.iterfind(NS + tag)]
    members = {each.get("ID") for tag in ("DatasetRef", "PlateRef", "ImageRef") for each in root.iter(NS + tag)}
    for tag in ("Dataset", "Plate", "Image"):
        loose = (each for each in root.iterfind(NS + tag) if each.get("ID") not in members)
        tops += [each.get("Name", "").strip() if tag != "Image" else "" for each in loose]
    return tops[0] if len(tops) == 1 and tops[0] else _stem(path)


def todo(images: Sequence[PackImage], places: PackPlaces) -> Iterator[Todo]:
    """What the curator should look at."""
    unread = [image for image in images if image.path and not image.is_readable]
    if unread:
        named = _named(sorted({places.path_of(image.path) for image in unread if image.path}))
        yield Todo(f"no reader takes {named}: {counted(len(unread), 'image')} listed without pixels", "images.csv")
    missing = [image for image in images if not image.path]
    if missing:
        named = _named([image.name or image.id for image in missing])
        yield Todo(f"files of {counted(len(missing), 'image')} are not in the pack: {named}", "images.csv")


def lost(images: Sequence[PackImage]) -> Iterator[Todo]:
    """Regions that nobody can see."""
    unseen = [image.element for image in images if not image.has_pixels]
    if regions := sum(len(element.findall(NS + "ROIRef")) for element in unseen):
        yield Todo(f"{counted(regions, 'region')} of images without pixels", DOCUMENT)


def facts(images: Sequence[PackImage]) -> Iterator[str]:
    """For whoever ran the command."""
    yield f"{sum(image.has_pixels for image in images)} of {len(images)} images have files that can be read"


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")


def _stem(path: Path) -> str:
    name = path.parent.name if path.name == DOCUMENT else path.name
    for suffix in (".zip", ".tar.gz", ".tgz", ".tar"):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)] or name
    return name or "Study"
