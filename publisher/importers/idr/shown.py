"""Which datasets, plates and images the display settings of a screen or experiment are for."""

from publisher.importers.draft import Todo
from publisher.importers.idr.part import Part
from publisher.importers.idr.rendering import LONGEST, Rendering, renderings
from publisher.importers.idr.tables import Subject
from publisher.importers.pixel_files import file_and_series
from publisher.model.identity import slug, stem


def take_settings(part: Part, accession: str) -> None:
    """Give each file of settings to what it is called after: a dataset or plate, else images, else all there is."""
    folder = part.folder
    if folder is None:
        return
    settings, unread = renderings(folder.renderings, folder.name, accession, folder.name)
    part.lost += [Todo(f"{name} cannot be read", "rendering") for name in unread]
    if general := settings.pop("", None):
        for container in part.containers.values():
            container.rendering = general
    of_images: dict[str, dict[Subject, Rendering]] = {}
    for subject, rendering in settings.items():
        containers, images = _called(part, subject)
        for name in containers:
            part.containers[name].rendering = rendering
        for image in images:
            of_images.setdefault(image.container, {})[image] = rendering
        if not containers and not images:
            message = f"the settings for {subject!r} are for nothing that the tables name"
            part.lost.append(Todo(message, "rendering"))
    for name, wanted in of_images.items():
        _take_of_images(part, name, wanted)


def _take_of_images(part: Part, name: str, wanted: dict[Subject, Rendering]) -> None:
    """Settings that all such images of a dataset share become the dataset's, others stand with their files."""
    first = next(iter(wanted.values()))
    if all(each == first for each in wanted.values()):
        part.containers[name].rendering = first
        return
    files = {image: part.joins.files[image] for image in wanted if image in part.joins.files}
    part.shown |= {file: wanted[image] for image, file in files.items()}
    if missing := len(wanted) - len(files):
        message = f"the settings of {missing} images of {name!r} are taken when their pixels are there"
        part.lost.append(Todo(message, "rendering"))


def _called(part: Part, subject: str) -> tuple[list[str], list[Subject]]:
    """Datasets and plates, or images, that ``subject`` names: in full, or by what their name holds or begins with."""
    words = {name: _words(name).replace("-", "") for name in part.containers}
    joined = subject.replace("-", "")
    if named := [name for name, own in words.items() if own == joined]:
        return named, []
    images = [(each, _words(stem(file_and_series(each.name)[0]))) for each in part.subjects() if each.container]
    if found := [image for image, own in images if own == subject]:
        return [], found
    if named := [name for name, own in words.items() if len(joined) > 3 and joined in own]:
        return named, []
    return [], [image for image, own in images if own.startswith(f"{subject}-")]


def _words(name: str) -> str:
    return slug(name, limit=LONGEST)
