"""The keys of study.yaml: words from REMBI/MIFA, DataCite and IDR, documented where they are defined."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from publisher.model.identity import SAFE_ID


class Part(BaseModel):
    """A frozen group of keys; unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True)


def _is_safe_id(value: object) -> object:
    if isinstance(value, str) and not SAFE_ID.match(value):
        raise ValueError(
            "an id is made of letters, digits, dot, hyphen and underscore, and starts with a letter or digit"
        )
    return value


Id = Annotated[str, BeforeValidator(_is_safe_id)]
Url = Annotated[str, Field(pattern=r"^(https?|ftp)://[^\s<>\"]+$|^mailto:[^\s<>\"]+$")]
HttpUrl = Annotated[str, Field(pattern=r"^https?://[^\s<>\"@?#]+$")]
Doi = Annotated[str, Field(pattern=r"^(https?://(dx\.)?doi\.org/)?10\.\d{4,9}/\S+$")]
HexColor = Annotated[str, Field(pattern=r"^#?[0-9A-Fa-f]{6}$")]


class Term(Part):
    """A word with the term that defines it."""

    name: str = Field(description="The word as people write it.")
    accession: str | None = Field(None, description="The term's identifier, such as NCBITaxon:9606 or FBbi_00000251.")


class Affiliation(Part):
    """Where an author works."""

    name: str = Field(description="Institution.")
    ror: str | None = Field(None, description="Its ROR identifier.")


class Author(Part):
    """A person who made the data."""

    name: str = Field(description="Full name, given name first.")
    family: str | None = Field(None, description="Family name, where it is not the last word of the name.")
    orcid: str | None = Field(
        None, pattern=r"^(https://orcid\.org/)?\d{4}-\d{4}-\d{4}-\d{3}[\dX]$", description="ORCID iD."
    )
    affiliation: Affiliation | str | None = Field(None, description="Institution, or name and ror.")
    roles: tuple[str, ...] = Field((), description="Roles such as submitter or principal investigator.")
    contact: bool = Field(False, description="Whether questions go to this person.")
    email: str | None = Field(None, description="Shown only when contact is true.")


class Publication(Part):
    """A paper about the data."""

    title: str = Field(description="Title.")
    authors: str | None = Field(None, description="Author list as printed.")
    journal: str | None = Field(None, description="Journal.")
    year: int | None = Field(None, description="Year.")
    doi: Doi | None = Field(None, description="DOI.")
    pubmed: str | None = Field(None, pattern=r"^\d+$", description="PubMed ID.")
    pmc: str | None = Field(None, pattern=r"^PMC\d+$", description="PMC ID.")


class Protocol(Part):
    """How something was done."""

    name: str = Field(description="Name.")
    type: str | None = Field(None, description="Kind, such as growth protocol.")
    description: str = Field("", description="Text (Markdown).")


class Phenotype(Part):
    """What was seen."""

    name: str = Field(description="Name.")
    description: str = Field("", description="Text.")
    terms: tuple[Term, ...] = Field((), description="Ontology terms.")


class Grant(Part):
    """Who paid."""

    funder: str = Field(description="Name of the funder.")
    grant: str | None = Field(None, description="Grant number.")
    ror: str | None = Field(None, description="ROR identifier of the funder.")


class Link(Part):
    """A link to something related."""

    title: str = Field(description="Words of the link.")
    url: Url = Field(description="Address.")


class Version(Part):
    """One published version."""

    version: str = Field(description="Number or name.")
    released: date | None = Field(None, description="Date.")
    notes: str = Field("", description="What changed.")


class Acquisition(Part):
    """How the images were taken."""

    instrument: str = Field("", description="Microscope.")
    parameters: str = Field("", description="Settings that matter.")


class ChannelSettings(Part):
    """How one channel is shown; what is left out comes from the image."""

    name: str | None = Field(None, description="Name to show.")
    color: HexColor | None = Field(None, description="Colour, RRGGBB.")
    window: tuple[float, float] | None = Field(None, description="Pixel values shown as black and as full colour.")
    active: bool | None = Field(None, description="Whether it is on at first.")

    @model_validator(mode="after")
    def _window_in_order(self) -> "ChannelSettings":
        if self.window is not None and not self.window[0] < self.window[1]:
            raise ValueError(f"window must be [low, high] with low < high, not {list(self.window)}")
        return self


class Rendering(Part):
    """How images are shown at first."""

    channels: dict[int, ChannelSettings] = Field(
        default_factory=dict, description="Settings by channel number, from 1."
    )
    window: Literal["image", "dataset", "plate"] | None = Field(
        None,
        description="Whose images share their contrast, so that they compare: each its own, all of a dataset, or those "
        "of a plate. By default plates share it and other images do not; images on no plate have nothing to share it "
        "with under `plate`.",
    )
    projection: Literal["none", "maximum"] = Field(
        "none", description="What pictures of a stack show: one plane, or the maximum over z."
    )
    default_z: int | None = Field(None, ge=1, description="Plane shown first, from 1; by default the middle one.")
    default_t: int | None = Field(None, ge=1, description="Time point shown first, from 1.")


class LabelFile(Part):
    """Where the label images of some images are: pixels whose values name objects, 0 for none."""

    path: str = Field(
        description="Path relative to the study, such as masks/{stem}_nuclei.tif; {stem} is the image file's name "
        "without its suffix, {folder} the folder it lies in."
    )
    series: int | None = Field(None, ge=0, description="Series that holds the labels, from 0.")
    channel: int | None = Field(
        None, ge=1, description="Channel that holds the labels, from 1; by default each channel is a label image."
    )
    source: str = Field("", description="What made them, in words, such as Cellpose 3, corrected by hand.")
    colors: dict[int, HexColor] = Field(default_factory=dict, description="Colours by value, RRGGBB.")
    properties: str | None = Field(
        None,
        description="Path of a CSV file with a row for each value: its first column is the value, the others are "
        "properties; {stem} and {folder} as above.",
    )
    reader: str | None = Field(None, description="Name of the reader, where the suffix does not tell.")
    axes: str | None = Field(None, pattern=r"^[TCZYXStczyxs]+$", description="Axes of a plain TIFF, such as ZYX.")


def _label_files(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {name: {"path": said} if isinstance(said, str) else said for name, said in value.items()}


LabelFiles = Annotated[dict[Id, LabelFile], BeforeValidator(_label_files)]


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class MetadataFile(Part):
    """An OME-XML document that says more of some images than their files do."""

    path: str = Field(
        description="Path relative to the study, such as transfer.xml or metadata/{stem}.ome.xml; {stem} is the image "
        "file's name without its suffix, {folder} the folder it lies in."
    )
    image: Annotated[tuple[str, ...], BeforeValidator(_several)] = Field(
        (),
        description="IDs or names of the document's Images that the file holds, in the order of its series; by default "
        "they are found by name, and where both hold equally many by their order.",
    )


def _metadata_file(value: object) -> object:
    return {"path": value} if isinstance(value, str) else value


class ImageFiles(Part):
    """Which files a dataset takes, by pattern."""

    path: str = Field(
        description="Path or glob pattern relative to the study, such as images/*.ome.tiff; or the address of an "
        "OME-Zarr on the web, https://host/a.ome.zarr or s3://bucket/a.ome.zarr."
    )
    endpoint: HttpUrl | None = Field(None, description="Address of the S3 service of an s3:// path; Amazon by default.")
    series: tuple[int, ...] | None = Field(None, description="Series to take, from 0; all by default.")
    name: str | None = Field(None, description="Name to show, for a pattern that finds one image.")
    id: Id | None = Field(None, description="Id of the image page, for a pattern that finds one image.")
    description: str = Field("", description="Description to show, for a pattern that finds one image.")
    reader: str | None = Field(None, description="Name of the reader, where the suffix does not tell.")
    axes: str | None = Field(
        None,
        pattern=r"^[TCZYXStczyxs]+$",
        description="Axes as they are stored, slowest first, such as ZCYX: of a plain TIFF, or of an OME-Zarr that is "
        "wrong about its own.",
    )
    passthrough: Literal["copy", "link", "reference", "rewrite"] | None = Field(
        None,
        description="What becomes of pixels that are OME-Zarr already: copy (the compressed chunks as they are), link "
        "(the same, sharing the files on this disk), reference (they stay where they are, at a public address) or "
        "rewrite (convert anew); by default copy where viewers read the chunks well, else rewrite.",
    )
    url: HttpUrl | None = Field(
        None, description="Public address of the store, for passthrough: reference of files on this disk."
    )
    dtype: Literal["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "float32"] | None = Field(
        None,
        description="Type to publish the samples as, where every one of them survives it; by default the source's.",
    )
    rendering: Rendering | None = Field(None, description="How these images are shown, instead of the dataset's.")
    labels: LabelFiles = Field(
        default_factory=dict, description="Label images of these images by name, as paths or mappings."
    )
    labels_from_regions: Literal["masks", "all", "none"] = Field(
        "masks",
        description="Which regions become a label image: masks, all that have closed shapes (also polygons, ellipses, "
        "rectangles), or none.",
    )
    metadata: Annotated[MetadataFile | None, BeforeValidator(_metadata_file)] = Field(
        None,
        description="OME-XML document that says more of these images than their files do (name, annotations, regions), "
        "as a path or a mapping.",
    )


def _patterns(value: object) -> object:
    items = [value] if isinstance(value, str | dict) else value
    return (
        [{"path": item} if isinstance(item, str) else item for item in items]
        if isinstance(items, list | tuple)
        else items
    )


Images = Annotated[tuple[ImageFiles, ...], BeforeValidator(_patterns)]


class FilePart(Part):
    """A file that belongs to the study: a table, regions, an attachment."""

    path: str = Field(description="Path or pattern relative to the study.")
    title: str | None = Field(None, description="Words of the link.")
    description: str = Field("", description="What it holds.")
    image: str | None = Field(None, description="Image it belongs to, by path, id or name.")


def _files(value: object) -> object:
    items = value if isinstance(value, list | tuple) else [value]
    return [{"path": item} if isinstance(item, str) else item for item in items]


Files = Annotated[tuple[FilePart, ...], BeforeValidator(_files)]


def _pairs(value: object) -> object:
    if isinstance(value, dict):
        return [
            [key, each] for key, said in value.items() for each in (said if isinstance(said, list | tuple) else [said])
        ]
    return value


Pairs = Annotated[tuple[tuple[str, str], ...], BeforeValidator(_pairs)]


class Annotations(Part):
    """What a curator says of a container; the images in it inherit it."""

    pairs: Pairs = Field(
        (),
        description="Key-value pairs: a mapping (a list of values repeats its key), or a list of [key, value]. A key "
        "may end in a namespace in brackets, as a header of images.csv may.",
    )
    tags: tuple[str, ...] = Field((), description="Tags.")
    comments: tuple[str, ...] = Field((), description="Comments.")
    rating: int | None = Field(None, ge=1, le=5, description="Rating, 1 to 5 stars.")
    attachments: Files = Field((), description="Files offered for download with it.")


class DatasetPart(Annotations):
    """Images that belong together."""

    name: str = Field(description="Name.")
    id: Id | None = Field(None, description="Id of its page; made from the name by default.")
    description: str = Field("", description="Text (Markdown).")
    images: Images = Field((), description="Files, as paths, patterns or mappings.")
    rendering: Rendering | None = Field(None, description="How its images are shown, instead of the study's.")


class ProjectPart(Annotations):
    """Datasets that belong together."""

    name: str = Field(description="Name.")
    id: Id | None = Field(None, description="Id of its page; made from the name by default.")
    description: str = Field("", description="Text (Markdown).")
    datasets: tuple[DatasetPart, ...] = Field((), description="Its datasets.")


class PlatePart(Annotations):
    """A plate of a screen: a file that describes a plate, or images that images.csv puts into wells."""

    name: str = Field(description="Name.")
    id: Id | None = Field(None, description="Id of its page; made from the name by default.")
    description: str = Field("", description="Text (Markdown).")
    images: Images = Field(
        (), description="The file that holds the plate, or those of its images, as paths, patterns or mappings."
    )
    rendering: Rendering | None = Field(None, description="How its images are shown, instead of the study's.")
    rows: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="Rows of wells; by default as many as are spoken of. With `columns`, every place is a well.",
    )
    columns: int | None = Field(None, ge=1, le=1000, description="Columns of wells.")


class ScreenPart(Annotations):
    """Plates that belong together."""

    name: str = Field(description="Name.")
    id: Id | None = Field(None, description="Id of its page; made from the name by default.")
    description: str = Field("", description="Text (Markdown).")
    plates: tuple[PlatePart, ...] = Field((), description="Its plates.")


def _texts(value: object) -> object:
    items = value if isinstance(value, list | tuple) else [value]
    return [{"name": item} if isinstance(item, str) else item for item in items]


Terms = Annotated[tuple[Term, ...], BeforeValidator(_texts)]


class StudyDescription(Part):
    """All of study.yaml."""

    title: str = Field(description="Title of the study.")
    description: str = Field("", description="What was asked, done and seen (Markdown).")
    accession: str | None = Field(None, description="Identifier such as idr0021 or S-BIAD843.")
    study_type: str | None = Field(None, description="Kind of study, such as protein localization.")
    doi: Doi | None = Field(None, description="DOI of the data.")
    authors: tuple[Author, ...] = Field((), description="Authors in order.")
    publications: tuple[Publication, ...] = Field((), description="Papers.")
    licence: str | None = Field(None, description="SPDX identifier, such as CC-BY-4.0 or CC0-1.0.")
    copyright: str | None = Field(None, description="Copyright holder.")
    release_date: date | None = Field(None, description="Day of publication.")
    visibility: Literal["public", "draft", "embargoed"] = Field("public", description="Whether the study is published.")
    embargo_until: date | None = Field(None, description="Day the embargo ends.")
    keywords: tuple[str, ...] = Field((), description="Keywords.")
    organisms: Terms = Field((), description="Organisms: names, or name and accession (NCBITaxon).")
    imaging_methods: Terms = Field((), description="Imaging methods: names, or name and accession (FBbi).")
    biosample: str = Field("", description="What was imaged (REMBI biosample).")
    specimen: str = Field("", description="How it was prepared (REMBI specimen).")
    acquisition: Acquisition = Field(
        default_factory=Acquisition, description="How it was imaged (REMBI image acquisition)."
    )
    analysis: str = Field("", description="How images were analysed (REMBI image analysis).")
    protocols: tuple[Protocol, ...] = Field((), description="Protocols.")
    phenotypes: tuple[Phenotype, ...] = Field((), description="Phenotypes.")
    funding: tuple[Grant, ...] = Field((), description="Grants.")
    acknowledgements: str = Field("", description="Thanks.")
    links: tuple[Link, ...] = Field((), description="Related pages.")
    versions: tuple[Version, ...] = Field((), description="History, newest first.")
    extra: dict[str, str] = Field(default_factory=dict, description="Further key-value pairs, shown as they are.")
    note: str = Field("", description="A fact a reader must know before using the data; shown at the top.")
    sources: tuple[str, ...] = Field((), description="Folders outside the study that its image files may come from.")
    images: Images = Field((), description="Files of a study with one dataset, instead of datasets.")
    datasets: tuple[DatasetPart, ...] = Field((), description="Datasets of a study without projects.")
    projects: tuple[ProjectPart, ...] = Field((), description="Projects, each with datasets.")
    screens: tuple[ScreenPart, ...] = Field((), description="Screens, each with plates.")
    rendering: Rendering = Field(default_factory=Rendering, description="How images are shown.")
    example_images: tuple[str, ...] = Field((), description="Images shown large on the study page, by path or id.")
    tables: Files = Field((), description="Results tables.")
    regions: Files = Field(
        (),
        description="Files with regions of interest: ImageJ (.roi, RoiSet.zip), GeoJSON, OME-XML. Without `image` a "
        "file belongs to the image whose name it has or begins with; an OME-XML document to the images that it names.",
    )
    attachments: Files = Field((), description="Other files offered for download.")

    @model_validator(mode="after")
    def _embargo_has_an_end(self) -> "StudyDescription":
        if self.visibility == "embargoed" and self.embargo_until is None:
            raise ValueError("an embargoed study needs embargo_until")
        return self
