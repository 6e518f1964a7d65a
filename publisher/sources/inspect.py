"""What a file holds, as a record that can be kept: nothing is opened again while the file stays the same."""

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from publisher.errors import Problem, Severity
from publisher.formats.ome_xml.text import writable
from publisher.model.encoded import EncodedImage, EncodedLevel, StoredCodec
from publisher.model.image import Channel, Image, Pixels
from publisher.model.labels import LabelImage, LabelValue
from publisher.model.location import Location
from publisher.model.screen import Field, Plate, PlateAcquisition, Well
from publisher.sources.damage import damage_boundary, damaged
from publisher.sources.inspect_shared import SHARED, SharedParts, annotation_of, shared_parts
from publisher.sources.protocol import EncodedChunks, ImageSource, Roots, SourceFile, TileGrid
from publisher.sources.sidecar import SidecarAddress, told

if TYPE_CHECKING:
    from publisher.sources.registry import Registry

REVISION = 7
"""Raised when the same file gives another record, whichever reader opens it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What one reader saw in one source. ``grids`` are those of level 0, ``label_grids`` those of the labels."""

    path: str
    reader: str
    revision: int
    files: tuple[SourceFile, ...]
    images: tuple[Image, ...]
    grids: tuple[TileGrid, ...]
    warnings: tuple[Problem, ...] = ()
    plates: tuple[Plate, ...] = ()
    labels: tuple[LabelImage, ...] = ()
    label_grids: tuple[TileGrid, ...] = ()
    encoded: tuple[EncodedImage, ...] = ()
    """How each image is stored, of sources that offer their chunks; else empty."""

    def plates_with_images(self) -> tuple[tuple[int, Plate], ...]:
        """Plates that have any field, with their number in the source from 0."""
        return tuple((number, plate) for number, plate in enumerate(self.plates) if any(True for _ in plate.series()))

    def to_json(self) -> str:
        """The record as one line of JSON; equal records give equal lines. Fields at their default are left out."""
        shared = SharedParts()
        record = {**_plain(self, shared), "shared": shared.records}
        return json.dumps(record, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    def document(self) -> dict[str, Any]:
        """The record for other programs, as values of JSON: what images share stands in each of them."""
        document = _plain(self, None)
        assert isinstance(document, dict)
        return document

    @classmethod
    def from_json(cls, text: str) -> "Inspection":
        """The record that `to_json` wrote."""
        record = json.loads(text)
        shared = shared_parts(record.get("shared", ()))
        return cls(
            path=record["path"],
            reader=record["reader"],
            revision=record["revision"],
            files=tuple(SourceFile(**file) for file in record["files"]),
            images=tuple(_image(image, shared) for image in record["images"]),
            grids=tuple(TileGrid(**grid) for grid in record["grids"]),
            warnings=tuple(map(_problem, record.get("warnings", ()))),
            plates=tuple(map(_plate, record.get("plates", ()))),
            labels=tuple(map(_labels, record.get("labels", ()))),
            label_grids=tuple(TileGrid(**grid) for grid in record.get("label_grids", ())),
            encoded=tuple(map(_encoded, record.get("encoded", ()))),
        )


def inspect(
    path: Location,
    roots: Roots,
    registry: "Registry",
    *,
    reader: str | None = None,
    axes: str | None = None,
    sidecar: SidecarAddress | None = None,
) -> Inspection:
    """What ``path`` holds, and what the document ``sidecar`` says more of its images. No pixel is decoded.

    Raises SourceError when either cannot be read.
    Strings hold only what any document can: formats may carry control characters and halves of characters.
    """
    from publisher.sources.registry import open_source  # late: who only knows what was seen needs no readers

    chosen = registry.reader_of(path, name=reader)
    with (
        damage_boundary(str(path), f"reading with {chosen.name}"),
        open_source(chosen, path, roots, axes=axes) as source,
    ):
        plates = tuple(source.plates())
        words = told(source, sidecar, str(path)) if sidecar else None
        images = writable(tuple(_named(words.images if words else source.images(), plates)))
        return Inspection(
            path=str(path),
            reader=chosen.name,
            revision=chosen.revision,
            files=_files(source, str(path)),
            images=images,
            grids=tuple(source.tiling(series, 0) for series in range(len(images))),
            warnings=tuple(map(_said, (*source.warnings(), *(words.warnings if words else ())))),
            plates=writable(plates),
            labels=(labels := writable(tuple(source.labels()))),
            label_grids=tuple(source.tiling(label.series, 0) for label in labels),
            encoded=_encoded_images(source, len(images)),
        )


def _encoded_images(source: ImageSource, count: int) -> tuple[EncodedImage, ...]:
    return tuple(source.encoded(series) for series in range(count)) if isinstance(source, EncodedChunks) else ()


def _files(source: ImageSource, name: str) -> tuple[SourceFile, ...]:
    """Every file it is made of. Names on disk are bytes; those that are no text cannot be remembered."""
    files = tuple(source.identity())
    for file in files:
        try:
            file.path.encode()
        except UnicodeEncodeError:
            shown = file.path.encode("utf-8", "backslashreplace").decode()
            message = f"consists of files whose names are not UTF-8, such as {shown!r}"
            raise damaged(name, message, hint="rename them, or copy the files again") from None
    return files


def _said(problem: Problem) -> Problem:
    return dataclasses.replace(problem, message=writable(problem.message), hint=writable(problem.hint))


def _named(images: Sequence[Image], plates: Sequence[Plate]) -> Iterator[Image]:
    """Images; those of a plate that have no name, or one that each other has too, are called after their well."""
    names = {series: name for plate in plates for series, name in plate.field_names()}
    times = Counter(image.name for image in images if image.series in names)
    for image in images:
        said = image.name if times[image.name] <= 1 or image.series not in names else ""
        name = said or names.get(image.series, "")
        yield image if name == image.name else dataclasses.replace(image, name=name)


def _plain(value: Any, shared: SharedParts | None) -> Any:
    """Values for JSON; of a dataclass the fields that differ from their default; what images share as its number."""
    if dataclasses.is_dataclass(value):
        if shared is not None and isinstance(value, SHARED):
            return shared.number(value, _fields)
        return _fields(value, shared)
    if isinstance(value, tuple):
        return [_plain(each, shared) for each in value]
    return value


def _fields(value: Any, shared: SharedParts | None) -> dict[str, Any]:
    fields = ((field, getattr(value, field.name)) for field in dataclasses.fields(value))
    return {field.name: _plain(each, shared) for field, each in fields if each != field.default}


def _image(record: dict[str, Any], shared: Sequence[Any]) -> Image:
    if "original" in record:
        record["original"] = shared[record["original"]]
    return Image(
        pixels=_pixels(record.pop("pixels")),
        channels=tuple(_channel(channel) for channel in record.pop("channels")),
        annotations=tuple(map(annotation_of, record.pop("annotations", ()))),
        acquisition=tuple(shared[number] for number in record.pop("acquisition", ())),
        people=tuple((first, last) for first, last in record.pop("people", ())),
        **record,
    )


def _pixels(record: dict[str, Any]) -> Pixels:
    if "pixel_size_um" in record:
        record["pixel_size_um"] = tuple(record["pixel_size_um"])
    return Pixels(**record)


def _plate(record: dict[str, Any]) -> Plate:
    return Plate(
        rows=tuple(record.pop("rows")),
        columns=tuple(record.pop("columns")),
        wells=tuple(map(_well, record.pop("wells"))),
        acquisitions=tuple(PlateAcquisition(**each) for each in record.pop("acquisitions", ())),
        **record,
    )


def _well(record: dict[str, Any]) -> Well:
    return Well(fields=tuple(map(_field, record.pop("fields", ()))), **record)


def _field(record: dict[str, Any]) -> Field:
    if "position_um" in record:
        record["position_um"] = tuple(record["position_um"])
    return Field(**record)


def _labels(record: dict[str, Any]) -> LabelImage:
    return LabelImage(
        pixels=_pixels(record.pop("pixels")), values=tuple(map(_value, record.pop("values", ()))), **record
    )


def _value(record: dict[str, Any]) -> LabelValue:
    rgba = record.pop("rgba", None)
    properties = tuple((name, value) for name, value in record.pop("properties", ()))
    return LabelValue(rgba=tuple(rgba) if rgba else None, properties=properties, **record)


def _encoded(record: dict[str, Any]) -> EncodedImage:
    levels, paths = tuple(map(_encoded_level, record.pop("levels", ()))), tuple(record.pop("paths", ()))
    return EncodedImage(levels=levels, paths=paths, **record)


def _encoded_level(record: dict[str, Any]) -> EncodedLevel:
    codec = record.pop("codec")
    settings = tuple((name, value) for name, value in codec.pop("settings", ()))
    five = {name: tuple(value) if value is not None else None for name, value in record.items()}
    return EncodedLevel(codec=StoredCodec(settings=settings, **codec), **five)  # type: ignore[arg-type]  # as written


def _channel(record: dict[str, Any]) -> Channel:
    window = record.pop("window", None)
    return Channel(window=tuple(window) if window else None, **record)


def _problem(record: dict[str, Any]) -> Problem:
    severity = Severity(record.pop("severity", Severity.ERROR))
    return Problem(severity=severity, **record)
