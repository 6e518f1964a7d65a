"""Entries of datasets as pages take them, put together from what the steps of a build returned."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from publisher import __version__, urls
from publisher.assets.region_set import GEOJSON, LISTED_AS, ROI_SET, TABLE
from publisher.assets.region_set import JSON as REGION_JSON
from publisher.graph.record import Json
from publisher.graph.step import Deferred, Results, Step
from publisher.model.acquisition import Section
from publisher.model.annotation import Pair, XmlText
from publisher.model.container import Entry
from publisher.model.statistics import ImageStatistics
from publisher.ngff.array_metadata import array_document
from publisher.ngff.manifest import MANIFEST
from publisher.pages.published import (
    FileFact,
    ListedShape,
    PictureFile,
    Pictures,
    PublishedImage,
    PublishedLabels,
    PublishedPlanes,
    PublishedRegions,
    Shown,
    StoreElsewhere,
)
from publisher.pages.quantities import count
from publisher.pipeline.site import Site, page_name

KEPT_DOCUMENTS = 4
"""Filesets whose documents are kept while the pages of their images are made: the one before and the one after, too."""
MOST_ORIGINALS = 20
"""Original files that a page lists; of more it says how many there are."""
_ENTRANCES = ("zarr.json", ".zattrs", ".zgroup")
"""Documents of an OME-Zarr's root that its address is told by: the folder itself cannot be a link."""

Neighbour = tuple[str, str] | None
"""Id and name of the image before or after another."""

if TYPE_CHECKING:
    from publisher.pipeline.fileset_plan import FilesetPlan, PlannedImage
    from publisher.pipeline.study_pixels import StudyPixels


@dataclass(frozen=True, slots=True)
class _Helpful:
    """Names of steps that a page can do without: lists of labels and regions, the image as one file, checksums."""

    lists: tuple[str, ...] = ()
    single_file: str | None = None
    checksums: str | None = None

    def all(self) -> tuple[str, ...]:
        """Those that there are."""
        return (*self.lists, *(name for name in (self.single_file, self.checksums) if name))


class PublishedImages:
    """The images of one study; ``pixels`` is called for entries that have any."""

    def __init__(self, site: Site, pixels: "Callable[[], StudyPixels]") -> None:
        self._site = site
        self._pixels = pixels
        self._described: dict[str, Json | None] = {}

    def planned(self, entry: Entry) -> "tuple[FilesetPlan, PlannedImage] | None":
        """The plan of an entry's image; None for a record without pixels."""
        return self._pixels().planned(entry) if entry.ref else None

    def name(self, entry: Entry) -> str:
        """What the entry is called on pages."""
        planned = self.planned(entry)
        return entry.called(planned[1].image.name if planned else "")

    def steps_of(self, entry: Entry) -> tuple[str, ...]:
        """Steps that an entry's page needs: its arrays, its metadata, its pictures."""
        planned = self.planned(entry)
        if planned:
            return planned[1].pixels_step, planned[0].describe_step, planned[1].pictures_step
        refused = self._pixels().refused_step(entry) if entry.ref else None
        return (refused,) if refused else ()

    def shown_steps_of(self, entry: Entry) -> tuple[str, ...]:
        """Steps that change what any page says of an entry; labels and regions among them, which may fail alone."""
        planned = self.planned(entry)
        return (*self.steps_of(entry), *(_lists(planned[1]) if planned else ()))

    def _helpful_steps_of(self, entry: Entry) -> "_Helpful":
        """Steps that an entry's page can do without."""
        planned = self.planned(entry)
        if planned is None or planned[0].is_referenced:
            return _Helpful(_lists(planned[1]) if planned else ())
        # Late: a study of rows alone loads nothing that packs arrays.
        from publisher.pipeline.manifest_step import manifest_step_name
        from publisher.pipeline.ozx_steps import ozx_step_name

        single = None if self._site.config.downloads.ozx == "none" else ozx_step_name(*planned)
        return _Helpful(_lists(planned[1]), single, manifest_step_name(planned[0]))

    def page(
        self,
        entry: Entry,
        beside: tuple[Entry | None, Entry | None],
        make: Callable[[PublishedImage, tuple[Neighbour, Neighbour], Results], Step],
        slug: str,
        after: tuple[str, ...] = (),
    ) -> Deferred:
        """The step of an image's page, with the pages before and after it that there will be; ``after`` may fail."""
        return Deferred(
            name=page_name(urls.image(slug, entry.id)),
            needs=self.steps_of(entry),
            after=(
                *self._helpful_steps_of(entry).all(),
                *after,
                *(name for other in beside if other for name in self.steps_of(other)),
            ),
            make=lambda results: make(
                self.item(entry, results),
                (self._neighbour(beside[0], results), self._neighbour(beside[1], results)),
                results,
            ),
        )

    def _single_file(self, entry: Entry, slug: str, results: Results) -> tuple[FileFact, ...]:
        """The image as one file, where that is wanted and could be made."""
        step = self._helpful_steps_of(entry).single_file
        file = results.value(step) if step else None
        if not file:
            return ()
        where = urls.ozx(slug, entry.id)
        return (self._data_file("OME-Zarr in one file (.ozx)", where, file["size"], file["sha256"]),)

    def _checksums(self, entry: Entry, fileset: PurePosixPath, results: Results) -> tuple[FileFact, ...]:
        """The manifest of the fileset."""
        step = self._helpful_steps_of(entry).checksums
        file = results.value(step) if step else None
        return (self._data_file("Checksums (SHA-256)", fileset / MANIFEST, file["size"]),) if file else ()

    def _data_file(self, title: str, where: PurePosixPath, size: int, sha256: str = "") -> FileFact:
        """A file below data/, wherever that lives."""
        elsewhere = self._site.config.data_url
        url = urls.absolute(elsewhere, where) if elsewhere else None
        return FileFact(title=title, path=None if elsewhere else where, url=url, size=size, sha256=sha256)

    def _neighbour(self, entry: Entry | None, results: Results) -> Neighbour:
        """Id and name of an image that has a page; None where its pixels could not be published."""
        if entry is None:
            return None
        if planned := self.planned(entry):
            described = self._documents(planned[0].describe_step, results)
            others = (results.value(step) for step in (planned[1].pixels_step, planned[1].pictures_step))
            if described is None or any(value is None for value in others):
                return None
        elif self.steps_of(entry):
            return None  # refused
        return entry.id, self.name(entry)

    def _documents(self, step: str, results: Results) -> Json | None:
        """What a describe step returned; the last are kept, because a plate's has all of its images' documents."""
        if step not in self._described:
            if len(self._described) >= KEPT_DOCUMENTS:
                self._described.pop(next(iter(self._described)))
            self._described[step] = results.value(step)
        return self._described[step]

    def item(self, entry: Entry, results: Results) -> PublishedImage:
        """An entry with all that was made for it; as a record when its pixels could not be published."""
        planned = self.planned(entry)
        if planned is None:
            return PublishedImage(entry=entry)
        fileset, image = planned
        pixels, pictures = (results.value(name) for name in (image.pixels_step, image.pictures_step))
        described = self._documents(fileset.describe_step, results)
        rendering = self._pixels().rendering(fileset, image, results)
        if pixels is None or described is None or pictures is None or rendering is None:
            return PublishedImage(entry=entry)
        slug = fileset.study.slug
        elsewhere = _elsewhere(fileset, image)
        listed = results.value(image.labels_step) if image.labels else None
        folder = urls.image(slug, entry.id).parent
        regions = _regions(results.value(image.regions_step) if image.has_regions else None, folder)
        statistics = ImageStatistics.from_json(pixels["statistics"])
        document = described["documents"].get(str(image.image.series))
        return PublishedImage(
            entry=entry,
            image=image.image,
            rendering=rendering,
            dtype=image.plan.source_dtype if elsewhere else image.plan.dtype,
            levels=tuple(level.shape for level in image.plan.levels),
            arrays=() if elsewhere else tuple(array_document(image.plan, level) for level in image.plan.levels),
            store=None if elsewhere else urls.store(slug, fileset.id, image.plan.path),
            elsewhere=elsewhere,
            fileset=None if elsewhere else urls.fileset(slug, fileset.id),
            store_bytes=None
            if elsewhere
            else pixels["bytes"] + sum(labels["bytes"] for labels in (listed or {}).get("labels", ())),
            pictures=_pictures(pictures),
            statistics=statistics.channels,
            statistics_file=urls.image_file(slug, entry.id, "statistics.json"),
            ome_xml=FileFact(title="OME-XML", path=urls.image_file(slug, entry.id, "ome.xml"), size=document["size"])
            if document
            else None,
            ome_xml_text=document["head"] if document else "",
            planes=_planes((document or {}).get("planes"), urls.image_file(slug, entry.id, "planes.csv")),
            xml_texts=tuple(
                XmlText(id=identifier, text=text, characters=characters)
                for identifier, text, characters in (document or {}).get("xml", ())
            ),
            files=(
                *self._single_file(entry, slug, results),
                *self._checksums(entry, urls.fileset(slug, fileset.id), results),
                *_originals(self._site, fileset),
            ),
            provenance=_provenance(fileset, image),
            labels=_labels(listed, folder),
            labels_file=urls.image_file(slug, entry.id, "labels.json") if listed else None,
            regions=regions,
            regions_file=folder / REGION_JSON if regions else None,
            projection=self._projection(fileset, image, results, statistics),
        )

    def _projection(
        self, fileset: "FilesetPlan", image: "PlannedImage", results: Results, statistics: ImageStatistics
    ) -> Shown | None:
        if not fileset.shows_projection(image):
            return None
        rendering = self._pixels().rendering(fileset, image, results, of_picture=True)
        return Shown(rendering=rendering, statistics=statistics.projected().channels) if rendering else None


def _planes(told: Json, path: PurePosixPath) -> PublishedPlanes | None:
    """What the describe step told of an image's planes."""
    if not told:
        return None
    size, values, exposures = told
    return PublishedPlanes(
        file=FileFact(title="Planes (CSV)", path=path, size=size),
        section=Section(kind="Plane", values=tuple((name, value) for name, value in values)),
        exposures=tuple(exposures),
    )


def _lists(image: "PlannedImage") -> tuple[str, ...]:
    """Steps that list what belongs to an image: its labels, its regions."""
    return (image.labels_step,) * bool(image.labels) + (image.regions_step,) * image.has_regions


def _regions(made: Json, folder: PurePosixPath) -> PublishedRegions | None:
    if not made:
        return None
    overlay, width, height = made["overlay"]
    offered = (TABLE, REGION_JSON, GEOJSON, ROI_SET)
    return PublishedRegions(
        rois=made["rois"],
        shapes=made["shapes"],
        kinds=tuple(made["kinds"].items()),
        listed=tuple(ListedShape(**dict(zip(LISTED_AS, row, strict=True))) for row in made["rows"]),
        drawn=made["drawn"],
        overlay=PictureFile(folder / overlay, width, height),
        files=tuple(FileFact(title=name, path=folder / name, size=made["files"][name]) for name in offered),
    )


def _labels(listed: Json, folder: PurePosixPath) -> tuple[PublishedLabels, ...]:
    return tuple(
        PublishedLabels(
            name=one["name"],
            dtype=one["dtype"],
            count=one["count"],
            overlay=PictureFile(folder / one["overlay"][0], one["overlay"][1], one["overlay"][2]),
            source=one.get("source", ""),
            table=folder / one["table"] if "table" in one else None,
        )
        for one in (listed or {}).get("labels", ())
    )


def _elsewhere(fileset: "FilesetPlan", image: "PlannedImage") -> StoreElsewhere | None:
    """The store of an image whose pixels stay at another address."""
    if not image.plan.referenced:
        return None
    encoded = fileset.inspected.inspection.encoded[image.image.series]
    return StoreElsewhere(
        url=image.plan.referenced,
        zarr_version="0.4" if encoded.zarr_format == 2 else "0.6" if encoded.ome_zarr == "0.6" else "0.5",
        sharded=any(level.shards for level in encoded.levels),
        axes=encoded.axes,
        paths=encoded.paths,
    )


def _pictures(value: Json) -> Pictures:
    files = {name: PictureFile(PurePosixPath(path), width, height) for name, path, width, height in value["files"]}
    layers = sorted(
        (name for name in files if name.startswith("channel-")), key=lambda name: int(name[8:].split(".")[0])
    )
    return Pictures(
        thumbnail=files["thumbnail.webp"],
        thumbnail_large=files.get("thumbnail-384.webp"),
        picture=files["picture.webp"],
        small=files.get("picture-640.webp"),
        card=files.get("picture.jpg"),
        layers=tuple(files[name] for name in layers),
    )


def _originals(site: Site, fileset: "FilesetPlan") -> tuple[FileFact, ...]:
    downloads = site.config.downloads
    if downloads.originals == "copy":
        return () if fileset.is_referenced else _copies(fileset)
    if downloads.originals != "link" or not downloads.url:
        return ()
    url = downloads.url.replace("{study}", fileset.study.slug).replace("{path}", fileset.ref.path)
    sizes = [file.size for file in fileset.inspected.files]
    return (FileFact(title="Original file", url=url, size=sum(sizes) or None),)


def _copies(fileset: "FilesetPlan") -> tuple[FileFact, ...]:
    """Copies of the source's files; of a folder, such as an OME-Zarr, the one that programs open it by."""
    slug, sizes_of = fileset.study.slug, {Path(file.path): file.size for file in fileset.inspected.files}
    files, folder = fileset.source_files(), f"{fileset.ref.path.rstrip('/')}/"
    entrance = next((folder + name for name in _ENTRANCES if folder + name in files), None)
    if entrance:
        what = f"Original OME-Zarr ({fileset.ref.path}, {count(len(files), 'file')}): {entrance[len(folder) :]}"
        return (FileFact(title=what, path=urls.original(slug, entrance), size=sum(sizes_of.values())),)
    listed = enumerate(islice(files.items(), MOST_ORIGINALS), start=1)
    return tuple(
        FileFact(
            title=f"Original file{f' {number} of {len(files)}' if len(files) > MOST_ORIGINALS else ''} ({name})",
            path=urls.original(slug, name),
            size=sizes_of[file],
        )
        for number, (name, file) in listed
    )


def _provenance(fileset: "FilesetPlan", image: "PlannedImage") -> tuple[Pair, ...]:
    plan = image.plan
    pairs = [Pair("Source file", fileset.ref.path)]
    if len(fileset.inspected.images) > 1:
        pairs.append(Pair("Series", str(image.image.series)))
    levels = f"{len(plan.levels)} level" + ("s" if len(plan.levels) > 1 else "")
    versions = plan.version.replace("+", " and ")
    coding = f"{plan.codec.cname} {plan.codec.clevel}, lossless"
    if plan.stored:
        coding = "the source's own chunks" + (", shared with it on disk" if plan.linked else "")
    if plan.referenced:
        pairs.append(Pair("Pixels", f"not converted; they stay at {plan.referenced}"))
    else:
        pairs.append(Pair("Conversion", f"OME-Zarr {versions}, {levels}, {coding}"))
    if plan.dtype != plan.source_dtype and not plan.referenced:
        pairs.append(Pair("Pixels Type", f"{plan.source_dtype} in the source, published as {plan.dtype}"))
    return (*pairs, Pair("Software", f"publisher {__version__}"))
