"""What a build knows of a published image, as the builders of pages take it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from publisher.catalogue.schema import StudyDescription
from publisher.model.acquisition import Section
from publisher.model.annotation import Pair, XmlText
from publisher.model.container import Entry
from publisher.model.image import Image
from publisher.model.rendering import RenderingSettings
from publisher.model.statistics import ChannelStatistics


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture below the site's root, with its size in pixels."""

    path: PurePosixPath
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Pictures of one image: ``thumbnail`` and a twice as large one, ``picture`` (all channels), ``small`` the same
    for phones and cards where it is large, ``card`` (JPEG for Open Graph and feeds), ``layers`` one for each of
    several channels, on black, to be blended by screen."""

    thumbnail: PictureFile
    picture: PictureFile
    thumbnail_large: PictureFile | None = None
    small: PictureFile | None = None
    card: PictureFile | None = None
    layers: tuple[PictureFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFact:
    """A file offered for download: below the site's root (``path``) or elsewhere (``url``); size in bytes."""

    title: str
    path: PurePosixPath | None = None
    url: str | None = None
    size: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedLabels:
    """A label image below its image's store: ``count`` is the number of its objects, None where they were not counted.

    ``source`` says what made it; ``overlay`` shows it over the picture; ``table`` lists the objects.
    """

    name: str
    dtype: str
    count: int | None
    overlay: PictureFile
    source: str = ""
    table: PurePosixPath | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPlanes:
    """The planes of an image: ``section`` tells them in brief, ``exposures`` by channel in words, ``file`` has all."""

    file: FileFact
    section: Section
    exposures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListedShape:
    """One shape of a region: its plane from 1, None for all; area and length in µm² and µm, or in pixels where the size
    of a pixel is not known."""

    roi_id: str
    roi_name: str
    shape_id: str
    kind: str
    text: str
    z: int | None
    t: int | None
    c: int | None
    area: float | None
    length: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRegions:
    """Regions of an image: how many, how many shapes of which kinds, the first of them, and how many are drawn in
    ``overlay``, which is laid over the picture. ``files`` hold all."""

    rois: int
    shapes: int
    kinds: tuple[tuple[str, int], ...]
    listed: tuple[ListedShape, ...]
    drawn: int
    overlay: PictureFile
    files: tuple[FileFact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What pictures of a stack show, where it is not a plane: the maximum over z, with its own windows and values."""

    rendering: RenderingSettings
    statistics: tuple[ChannelStatistics, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRecord:
    """A study with the slug of its folder; ``licence`` is the study's own, else the site's default (SPDX)."""

    slug: str
    description: StudyDescription
    licence: str | None = None

    @property
    def key(self) -> str:
        """How people name it: its accession, else its slug."""
        return self.description.accession or self.slug


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerNotes:
    """What is said of a project, dataset, screen, plate or well; ``files`` are attached to it, ``rating`` is 1 to 5."""

    pairs: tuple[Pair, ...] = ()
    tags: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    rating: int | None = None
    files: tuple[FileFact, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return not (self.pairs or self.tags or self.comments or self.rating or self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherited(ContainerNotes):
    """What is said of a container above the image: ``source`` is "Dataset TUBG1-N"; empty for the image itself."""

    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreElsewhere:
    """An image's store that is not part of the site: its public address, and what a viewer must know of it.

    ``zarr_version`` as the setting ``zarr.version``; ``axes`` are the letters in the arrays' order, ``paths`` those of
    the levels below the store.
    """

    url: str
    zarr_version: str
    sharded: bool
    axes: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedImage:
    """One entry of a dataset with all that was made for it.

    ``image`` is None for a record without pixels, and then all that follows is empty. ``dtype`` is the published
    one. ``levels`` are the shapes (T, C, Z, Y, X) of the resolutions, largest first, ``arrays`` the Zarr
    metadata of their arrays, empty where those are elsewhere. ``store`` is the folder of its
    OME-Zarr image, or ``elsewhere`` says where that is; ``fileset`` of the whole fileset. ``statistics_file`` and
    ``ome_xml`` stand beside the page; ``ome_xml_text`` is the beginning of the document, to be shown; ``planes`` are
    its planes, ``xml_texts`` are beginnings of its XML annotations. ``files`` are further downloads.
    ``provenance`` says source file, conversions and software. ``labels`` are its label images, ``labels_file`` their
    list; ``regions`` are regions of interest, ``regions_file`` their JSON. ``projection`` is set where pictures show
    the maximum over z.
    """

    entry: Entry
    image: Image | None = None
    rendering: RenderingSettings | None = None
    dtype: str = ""
    levels: tuple[tuple[int, int, int, int, int], ...] = ()
    arrays: tuple[Mapping[str, object], ...] = ()
    store: PurePosixPath | None = None
    elsewhere: StoreElsewhere | None = None
    fileset: PurePosixPath | None = None
    store_bytes: int | None = None
    pictures: Pictures | None = None
    statistics: tuple[ChannelStatistics, ...] = ()
    statistics_file: PurePosixPath | None = None
    ome_xml: FileFact | None = None
    ome_xml_text: str = ""
    planes: PublishedPlanes | None = None
    xml_texts: tuple[XmlText, ...] = ()
    files: tuple[FileFact, ...] = ()
    provenance: tuple[Pair, ...] = ()
    inherited: tuple[Inherited, ...] = ()
    labels: tuple[PublishedLabels, ...] = ()
    labels_file: PurePosixPath | None = None
    projection: Shown | None = None
    regions: PublishedRegions | None = None
    regions_file: PurePosixPath | None = None

    @property
    def name(self) -> str:
        """The curator's name, else the source's, else the file's, else the id."""
        return self.entry.called(self.image.name if self.image else "")
