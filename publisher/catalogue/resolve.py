"""From what study.yaml says to a tree of datasets: which file is where."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from publisher.catalogue.attachments import AttachmentFinder, Place
from publisher.catalogue.image_patterns import image_files, is_pattern, is_utf8, looks_like_image, matches, odd_name
from publisher.catalogue.label_files import LabelFinder, label_locations
from publisher.catalogue.load import OWN_FILES, StudyFolder
from publisher.catalogue.metadata_files import MetadataFinder, metadata_locations
from publisher.catalogue.schema import (
    Annotations,
    DatasetPart,
    ImageFiles,
    PlatePart,
    ProjectPart,
    ScreenPart,
    StudyDescription,
)
from publisher.catalogue.tree import (
    ContainerSaid,
    DatasetFiles,
    FileRef,
    PlateFiles,
    ProjectFiles,
    ScreenFiles,
    StudyTree,
)
from publisher.errors import ContentError, Problem
from publisher.model.identity import slug
from publisher.model.location import address_of, is_address


def all_image_files(said: StudyDescription) -> Iterator[ImageFiles]:
    """Every path or pattern of image files, wherever the study names it."""
    yield from said.images
    for part in (*said.datasets, *(part for project in said.projects for part in project.datasets)):
        yield from part.images
    for plate in (plate for screen in said.screens for plate in screen.plates):
        yield from plate.images


def resolve(study: StudyFolder) -> StudyTree:
    """Find every file; raises ContentError with every pattern that finds nothing and every clash."""
    finder = _Finder(study)
    said = study.description
    screens = tuple(finder.screen(part, s, alone=len(said.screens) == 1) for s, part in enumerate(said.screens))
    projects = tuple(finder.project(part, p, alone=len(said.projects) == 1) for p, part in enumerate(said.projects))
    loose = [finder.dataset(part, ("datasets", d)) for d, part in enumerate(said.datasets)]
    if said.images or not (said.projects or said.datasets or said.screens):
        patterns = said.images or (ImageFiles(path="**/*"),)
        found = finder.dataset(DatasetPart(name="Images", images=patterns), (), by_suffix=not said.images)
        loose.append(replace(found, is_named=False))
    tree = StudyTree(
        projects=projects,
        datasets=(*loose, *_named_by_rows(study, [*projects], loose)),
        warnings=tuple(finder.warnings),
        screens=screens,
        attachments=finder.attachments.attachments(said.attachments, ()),
        regions=finder.attachments.attachments(said.regions, (), key="regions"),
    )
    finder.problems += [
        *finder.labels.all_problems(),
        *finder.metadata.problems(),
        *finder.attachments.problems,
        *_repeated_ids(study, tree),
    ]
    if finder.problems:
        raise ContentError(*finder.problems)
    return _without_empty_default(tree, study)


def _without_empty_default(tree: StudyTree, study: StudyFolder) -> StudyTree:
    """A study of rows alone has the datasets its rows name, not an empty one beside them."""
    if study.description.images or len(tree.datasets) < 2:
        return tree
    return replace(tree, datasets=tuple(d for d in tree.datasets if d.files or d.id != "images"))


def _named_by_rows(study: StudyFolder, projects: list[ProjectFiles], loose: list[DatasetFiles]) -> list[DatasetFiles]:
    """Datasets that only images.csv names, in its order."""
    known = {name for d in [*loose, *(d for p in projects for d in p.datasets)] for name in (d.name, d.id)}
    names = dict.fromkeys(study.curation.value(n, "dataset") for n in range(len(study.curation)))
    return [
        DatasetFiles(id=slug(name), name=name, description="", rendering=study.description.rendering, files=())
        for name in names
        if name and name not in known
    ]


def _repeated_ids(study: StudyFolder, tree: StudyTree) -> list[Problem]:
    kinds = (
        ("project", [p.id for p in tree.projects]),
        ("dataset", [d.id for d in tree.all_datasets()]),
        ("screen", [s.id for s in tree.screens]),
        ("plate", [p.images.id for s in tree.screens for p in s.plates]),
    )
    return [
        Problem(
            code="study.repeated-id",
            path=study.file.shown,
            message=f"two {kind}s have the id {repeated!r}",
            hint="give one of them an `id:` of its own",
        )
        for kind, ids in kinds
        for repeated in sorted({i for i in ids if [j.lower() for j in ids].count(i.lower()) > 1})
    ]


class _Finder:
    """Finds the files of patterns; a file belongs to the first dataset that takes it."""

    def __init__(self, study: StudyFolder) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self._study = study
        self._taken: set[Path] = set()
        self._addresses: set[str] = set()
        self._listings: dict[Path, list[str]] = {}
        self.labels = LabelFinder(study, self._file)
        self.metadata = MetadataFinder(study, self._file)
        self.attachments = AttachmentFinder(study, self._names)
        self._no_images = {
            location
            for wanted in all_image_files(study.description)
            if wanted.labels or wanted.metadata
            for names in (self._names(wanted.path)[1],)
            for location in (
                *label_locations(wanted, names, self._file),
                *metadata_locations(wanted, names, self._file),
            )
        }
        for part in study.description.regions:
            root, names = self._names(part.path)
            self._no_images.update(root / name for name in names)

    def project(self, part: ProjectPart, number: int, *, alone: bool) -> ProjectFiles:
        """Project ``number`` of the study; of several, ids of datasets begin with the project's."""
        place: Place = ("projects", number)
        prefix = "" if alone else f"{slug(part.name)}-"
        return ProjectFiles(
            id=part.id or slug(part.name),
            name=part.name,
            description=part.description,
            datasets=tuple(
                self.dataset(each, (*place, "datasets", d), prefix=prefix) for d, each in enumerate(part.datasets)
            ),
            said=self._said(part, place),
        )

    def screen(self, part: ScreenPart, number: int, *, alone: bool) -> ScreenFiles:
        """Screen ``number`` of the study; of several, ids of plates begin with the screen's."""
        place: Place = ("screens", number)
        prefix = "" if alone else f"{slug(part.name)}-"
        return ScreenFiles(
            id=part.id or slug(part.name),
            name=part.name,
            description=part.description,
            plates=tuple(
                PlateFiles(part=each, images=self.dataset(each, (*place, "plates", p), prefix=prefix))
                for p, each in enumerate(part.plates)
            ),
            said=self._said(part, place),
        )

    def dataset(
        self, part: DatasetPart | PlatePart, place: Place, *, prefix: str = "", by_suffix: bool = False
    ) -> DatasetFiles:
        """The files of a dataset, or of a plate."""
        files = [
            ref for n, wanted in enumerate(part.images) for ref in self._find(wanted, (*place, "images", n), by_suffix)
        ]
        return DatasetFiles(
            id=part.id or prefix + slug(part.name),
            name=part.name,
            description=part.description,
            rendering=part.rendering or self._study.description.rendering,
            files=tuple(files),
            said=self._said(part, place),
        )

    def _said(self, part: Annotations, place: Place) -> ContainerSaid:
        return ContainerSaid(annotations=part, attachments=self.attachments.attachments(part.attachments, place))

    def _find(self, wanted: ImageFiles, location: tuple[str | int, ...], by_suffix: bool) -> list[FileRef]:
        if is_address(wanted.path):
            return self._at_address(wanted, location)
        found: list[FileRef] = []
        hidden = 0
        root, names = self._names(wanted.path)
        for name in names:
            if by_suffix and not looks_like_image(name):
                continue
            if (root / name) in self._taken or (root / name) in self._no_images:
                hidden += 1
                continue
            if not is_utf8(name):
                hidden += 1
                self.warnings.append(odd_name(f"{self._study.shown}/{name}"))
                continue
            self._taken.add(root / name)
            labels = self.labels.labels_of(wanted, name, location)
            metadata = self.metadata.metadata_of(wanted, name, location)
            found.append(FileRef(path=name, location=root / name, wants=wanted, labels=labels, metadata=metadata))
        if not found and not by_suffix and not hidden:
            others = [str(root) for root in self._study.roots if root != self._study.folder]
            message = f"no file fits {wanted.path!r} below {' or '.join([self._study.shown, *others])}"
            hint = "check the spelling, and that the files are there; `**/` looks into folders"
            if Path(wanted.path).is_absolute():
                hint = "name that folder under `sources:`, and here the path below it"
            self.problems.append(self._study.file.fault("study.no-such-file", message, location, hint))
        if len(found) > 1 and (wanted.id or wanted.name):
            message = f"{wanted.path!r} finds {len(found)} files, but carries one id or name"
            self.problems.append(
                self._study.file.fault("study.one-name-many-files", message, location, "name them in images.csv")
            )
        return found

    def _at_address(self, wanted: ImageFiles, place: tuple[str | int, ...]) -> list[FileRef]:
        address = address_of(wanted.path, wanted.endpoint)
        if address is None:
            message = f"{wanted.path!r} is no address that can be read"
            hint = "write https://host/path or s3://bucket/path, without user, query, wildcard or `..`"
            self.problems.append(self._study.file.fault("study.bad-address", message, place, hint))
            return []
        if address.url in self._addresses:
            return []
        self._addresses.add(address.url)
        metadata = self.metadata.metadata_of(wanted, address.url, place)
        return [FileRef(path=address.url, location=address, wants=wanted, metadata=metadata)]

    def _names(self, path: str) -> tuple[Path, list[str]]:
        """Files that a path or pattern finds, in the first folder where it finds any."""
        for root in self._study.roots:
            names = self._exact(root, path) or (self._matching(root, path) if is_pattern(path) else [])
            if names:
                return root, names
        return self._study.folder, []

    def _file(self, path: str) -> tuple[str, Path] | None:
        """The file at an exact path."""
        return next(((name, root / name) for root in self._study.roots for name in self._exact(root, path)), None)

    def _exact(self, root: Path, path: str) -> list[str]:
        clean = path.removeprefix("./").rstrip("/")
        return (
            [clean]
            if clean and not Path(clean).is_absolute() and ".." not in clean.split("/") and (root / clean).exists()
            else []
        )

    def _matching(self, root: Path, pattern: str) -> list[str]:
        if root not in self._listings:
            own = OWN_FILES if root == self._study.folder else ()
            found = image_files(root) if root.is_dir() else ()
            self._listings[root] = [name for name in found if name not in own]
        return [name for name in self._listings[root] if matches(pattern.removeprefix("./"), name)]
