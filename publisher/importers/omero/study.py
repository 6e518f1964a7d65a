"""A transfer pack as a study: which container gets which files and words, and which rows images.csv has."""

from collections.abc import Iterator, Mapping, Sequence

from publisher.formats.ome_xml.tree import OmeTree
from publisher.importers.draft import TableDraft, Todo
from publisher.importers.idr.words import as_markdown
from publisher.importers.omero.annotations import AnnotationReader, Attached
from publisher.importers.omero.containers import Container, PackPlate, PlacedImage, containers, pack_plates
from publisher.importers.omero.images import PackImage, pack_images
from publisher.importers.omero.places import DOCUMENT, PackPlaces
from publisher.importers.omero.rows import PackRow, pairs_of, pairs_of_well, table
from publisher.importers.pack_files import PackFiles
from publisher.model.identity import slug


class PackStudy:
    """One pack as a study; ask it for the parts of its draft. ``tree`` is its document, ``pack`` its files."""

    def __init__(self, tree: OmeTree, pack: PackFiles, study: str) -> None:
        self.tree = tree
        self.pack = pack
        self.places = PackPlaces(pack, study)
        self._words = AnnotationReader(tree=tree, pack=pack)
        self._lost: list[Todo] = []
        self.images = pack_images(tree, pack.sizes)
        self._by_id = {image.id: image for image in reversed(self.images)}
        self._by_path = _grouped(self.images)
        self._taken: dict[str, str] = {}
        self._given: set[str] = set()
        self._rows: list[PackRow] = []
        self._elsewhere: list[tuple[str, Attached]] = []
        self._on_plates: set[str] = set()

    @property
    def has_files(self) -> bool:
        """Whether any image has a file that may be read."""
        return bool(self._by_path)

    # Containers

    def containers(self) -> dict[str, object]:
        """The keys of study.yaml that hold projects, datasets, screens, plates and attachments of images."""
        datasets = {each.id: each for each in containers(self.tree, "Dataset", "ImageRef")}
        plates = {each.container.id: each for each in pack_plates(self.tree, self.images)}
        self._on_plates = {placed.image.id for plate in plates.values() for placed in plate.images}
        projects = [self._project(each, datasets) for each in containers(self.tree, "Project", "DatasetRef")]
        screens = [self._screen(each, plates) for each in containers(self.tree, "Screen", "PlateRef")]
        loose = [self._dataset(each) for each in datasets.values() if self._is_new(each.id, "")]
        alone = [self._plate(each, "") for each in plates.values() if self._is_new(each.container.id, "")]
        if alone:
            screens.append({"name": "Plates", "plates": alone})
        others = self._others()
        found: dict[str, object] = {
            "projects": projects,
            "datasets": [*loose, *([others] if others else [])],
            "screens": screens,
            "attachments": list(self._attachments_of_images()),
        }
        return {key: value for key, value in found.items() if value}

    def _project(self, project: Container, datasets: Mapping[str, Container]) -> dict[str, object]:
        about = f"project {project.name}"
        members = [datasets[each] for each in project.members if each in datasets and self._is_new(each, about)]
        return self._container(project, about) | {"datasets": [self._dataset(each) for each in members]}

    def _dataset(self, dataset: Container) -> dict[str, object]:
        about = f"dataset {dataset.name}"
        images = [self._by_id[each] for each in dataset.members if each in self._by_id]
        part = self._container(dataset, about)
        part["images"] = self._files(images, about, str(part.get("id") or dataset.name))
        return part

    def _screen(self, screen: Container, plates: Mapping[str, PackPlate]) -> dict[str, object]:
        about = f"screen {screen.name}"
        members = [plates[each] for each in screen.members if each in plates and self._is_new(each, about)]
        return self._container(screen, about) | {"plates": [self._plate(each, about) for each in members]}

    def _plate(self, plate: PackPlate, _screen: str) -> dict[str, object]:
        about = f"plate {plate.container.name}"
        part = self._container(plate.container, about, has_id=True)
        name = str(part["id"])
        part["images"] = self._plate_files(plate, about, name)
        self._rows += self._well_rows(plate, about, name)
        return part | plate.size()

    def _others(self) -> dict[str, object]:
        """The dataset of images that OMERO has in none, and on no plate."""
        loose = [image for image in self.images if image.id not in self._taken]
        if not loose:
            return {}
        return {"name": "Images", "images": self._files(loose, "images in no dataset", "Images")}

    def _container(self, container: Container, about: str, *, has_id: bool = False) -> dict[str, object]:
        """Name, id where it is asked for or the name alone would clash, description and annotations of a container."""
        wanted = slug(container.name)
        given = self._free_id(wanted, container.id.partition(":")[0])
        part: dict[str, object] = {"name": container.name}
        if given != wanted or has_id:
            part["id"] = given
        if container.description:
            part["description"] = as_markdown(container.description)
        return part | self._words.said(container.element, about).keys()

    def _free_id(self, wanted: str, kind: str) -> str:
        given, number = wanted, 1
        while f"{kind} {given}" in self._given:
            number += 1
            given = f"{wanted}-{number}"
        self._given.add(f"{kind} {given}")
        return given

    def _is_new(self, identifier: str, about: str) -> bool:
        """Whether a dataset or plate is met for the first time; a study has each in one place."""
        if identifier in self._taken:
            if about:
                name = self.tree.find(identifier)
                shown = identifier if name is None else name.get("Name", identifier)
                self._lost.append(Todo(f"{about}: that it holds {shown}, too, which stands elsewhere", DOCUMENT))
            return False
        self._taken[identifier] = about
        return True

    # Files and rows

    def _files(self, images: Sequence[PackImage], about: str, dataset: str) -> list[object]:
        """The files of ``images``, each with the document beside it; rows for images without."""
        paths: dict[str, None] = {}
        for image in images:
            if image.id in self._taken:
                if image.id not in self._on_plates:
                    message = (
                        f"{about}: that it holds the image {image.name!r}, too, which stands in {self._taken[image.id]}"
                    )
                    self._lost.append(Todo(message, DOCUMENT))
                continue
            self._taken[image.id] = about
            if image.is_readable and image.path:
                paths[image.path] = None
            else:
                self._rows.append(self._unread_row(image, dataset=dataset))
        return [self._entry(path, about) for path in paths if self._is_new_file(path, about)]

    def _is_new_file(self, path: str, about: str) -> bool:
        """A file with images of several datasets is published in the first."""
        where = self._taken.setdefault(f"file {path}", about)
        if where != about:
            self._lost.append(
                Todo(f"{about}: images of {path}, which stand in {where}: a file is in one place", DOCUMENT)
            )
        return where == about

    def _entry(self, path: str, about: str) -> dict[str, object]:
        ids = [image.id for image in self._by_path[path]]
        for image in self._by_path[path]:
            self._taken.setdefault(image.id, about)
        own = self.places.path_of(path)
        series = range(len(ids))
        self._rows += [
            PackRow(cells={"image": own, "series": str(n) if len(ids) > 1 else "", "id": self.places.id_of(path, n)})
            for n in series
            if self._by_path[path][n].id not in self._on_plates
        ]
        return {"path": own, "metadata": {"path": DOCUMENT, "image": ids[0] if len(ids) == 1 else ids}}

    def _plate_files(self, plate: PackPlate, about: str, name: str) -> list[object]:
        """The files of a plate, and the rows that put their images into wells."""
        paths: dict[str, None] = {}
        for placed in plate.images:
            self._taken.setdefault(placed.image.id, about)
            place = self._place(placed, name)
            path = placed.image.path
            if placed.image.is_readable and path:
                paths[path] = None
                own = self.places.path_of(path)
                several = len(self._by_path[path]) > 1
                number = placed.image.number
                cells = {
                    "image": own,
                    "series": str(number) if several else "",
                    "id": self.places.id_of(path, number),
                }
                self._rows.append(PackRow(cells=cells | place))
            else:
                self._rows.append(self._unread_row(placed.image, **place))
        return [self._entry(path, about) for path in paths if self._is_new_file(path, about)]

    @staticmethod
    def _place(placed: PlacedImage, plate: str) -> dict[str, str]:
        cells = {"plate": plate, "well": placed.well, "field": str(placed.field), "acquisition": placed.acquisition}
        return {key: value for key, value in cells.items() if value}

    def _well_rows(self, plate: PackPlate, about: str, name: str) -> Iterator[PackRow]:
        for well, element in plate.elements:
            said = self._words.said(element, f"well {well} of {about}")
            self._elsewhere += [(f"well {well} of {about}", each) for each in said.attached]
            pairs = (*pairs_of_well(self.tree, element), *pairs_of(said))
            if pairs:
                yield PackRow(cells={"plate": name, "well": well}, pairs=pairs)

    def _unread_row(self, image: PackImage, **place: str) -> PackRow:
        """The row of an image without pixels: what is said of it goes into its pairs."""
        said = self._words.said(image.element, f"image {image.name}")
        self._elsewhere += [(f"image {image.name}", each) for each in said.attached]
        cells = {"name": image.name, "description": image.description, **place}
        return PackRow(cells=cells, pairs=pairs_of(said))

    def table(self) -> TableDraft | None:
        """images.csv; call it when the containers are made."""
        return table(self._rows)

    # What is attached, and what is lost

    def attached_files(self) -> Iterator[tuple[str, str]]:
        """The same of attached files that were spoken of."""
        yield from self._words.files.items()

    def _attachments_of_images(self) -> Iterator[dict[str, str]]:
        """Files attached to images; those of images and wells without a page say in words what they belong to."""
        for image in self.images:
            if image.path and image.has_pixels:
                for each in self._words.attached(image.element, f"image {image.name}"):
                    yield each.entry(image=self.places.id_of(image.path, image.number))
        for about, each in self._elsewhere:
            yield each.entry(description=": ".join(filter(None, (f"Attached to {about}", each.description))))

    def lost(self) -> Iterator[Todo]:
        """What of the pack has no place in the study; call it when the containers are made."""
        yield from self._words.all_lost()
        yield from self._lost


def _grouped(images: Sequence[PackImage]) -> dict[str, list[PackImage]]:
    """Images by the file they are read from, in the order of its series."""
    found: dict[str, list[PackImage]] = {}
    for image in images:
        if image.path and image.is_readable:
            found.setdefault(image.path, []).append(image)
    return {path: sorted(each, key=lambda image: image.number) for path, each in found.items()}
