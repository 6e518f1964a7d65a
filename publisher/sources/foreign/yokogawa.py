"""Plates of Yokogawa's CellVoyager: a folder of XML and one TIFF file a picture, opened by its .wpi file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.errors import Problem, SourceError
from publisher.formats.ome_xml.acquired import acquired
from publisher.formats.ome_xml.engine import Element
from publisher.model.image import Channel, Image, Pixels
from publisher.model.screen import Field, Plate, PlateAcquisition, Well
from publisher.sources.damage import damage_boundary, damaged, warning
from publisher.sources.foreign.yokogawa_words import (
    NAMESPACE,
    DetailWords,
    PlateWords,
    Record,
    read_details,
    read_plate,
    read_records,
    read_root,
    setting_name,
)
from publisher.sources.protocol import ImageSource, Roots
from publisher.sources.tiff_container import TiffContainer
from publisher.sources.tiff_source import PlaneAddress, TiffSeries, TiffSource

_LIST, _DETAIL = "MeasurementData.mlf", "MeasurementDetail.mrf"
_MOST_FILES = 100_000
_Key = tuple[int, int, int]


class YokogawaReader:
    """Reads plates of the CellVoyager series."""

    name = "yokogawa"
    suffixes: tuple[str, ...] = (".wpi",)
    revision = 1

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether the file is XML of Yokogawa's about a plate."""
        return NAMESPACE.encode() in head and b"WellPlate" in head

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> ImageSource:
        """Open the plate: an image for each field of each well. A field that is not whole is left out and named."""
        real = roots.resolve(path)
        with damage_boundary(path, "opening"):
            plate = read_plate(read_root(real, str(path)), str(path))
            listed = roots.resolve(real.parent / _LIST)
            records = tuple(read_records(read_root(listed, str(path)), str(path)))
            details, others = _details(real.parent, roots)
            if not records or len(records) > _MOST_FILES:
                raise damaged(path, f"lists {len(records)} pictures, expected 1 to {_MOST_FILES}")
            return _Opener(path, real.parent, roots, details).opened(plate, records, [real, listed, *others])


def _details(folder: Path, roots: Roots) -> tuple[DetailWords, list[Path]]:
    """What is known of channels, and the files that say it; a plate without them has its pixels all the same."""
    files: list[Path] = []

    def root_of(name: str) -> Element | None:
        path = roots.resolve(folder / name)
        if not name or path.parent != folder or not path.is_file():
            return None
        files.append(path)
        return read_root(path, str(path))

    detail = root_of(_DETAIL)
    setting = None if detail is None else root_of(setting_name(detail))
    return read_details(detail, setting), files


@dataclass(slots=True)
class _Opener:
    """Puts pictures together to images; ``path`` is what problems name."""

    path: Path
    folder: Path
    roots: Roots
    details: DetailWords

    def opened(self, plate: PlateWords, records: Sequence[Record], others: list[Path]) -> TiffSource:
        """The images of ``records`` in wells of ``plate``."""
        fields: dict[_Key, list[Record]] = {}
        for record in records:
            if record.row > plate.rows or record.column > plate.columns:
                raise damaged(self.path, f"lists a picture in row {record.row}, column {record.column}, of no well")
            fields.setdefault((record.row, record.column, record.field), []).append(record)
        channels = sorted({record.channel for record in records})
        containers: list[TiffContainer] = []
        warnings: list[Problem] = []
        described: list[tuple[_Key, Image, list[PlaneAddress], Record]] = []
        try:
            for key in sorted(fields):
                try:
                    image, planes, files = self._image(len(described), key, fields[key], channels, len(containers))
                except SourceError as error:
                    message = f"well {_well_name(key)}, field {key[2]} is left out: {error.problems[0].message}"
                    warnings.append(warning(self.path, "source.image-left-out", message))
                    continue
                containers += files
                described.append((key, image, planes, fields[key][0]))
            if not described:
                raise damaged(self.path, f"has no whole field: {warnings[0].message}", code="source.missing-planes")
            numbers = [number for _, _, number in channels]
            told = acquired(
                [image for _, image, _, _ in described], [self.details.acquisition(numbers)] * len(described)
            )
            series = [
                TiffSeries(image=image, planes=planes)
                for image, (_, _, planes, _) in zip(told.images, described, strict=True)
            ]
            wells = _wells([(key, record) for key, _, _, record in described])
            return TiffSource(
                containers,
                series,
                others=others,
                document=told.document,
                warnings=warnings,
                plates=[_plate(plate, self.details, wells)],
            )
        except BaseException:
            for container in containers:
                container.close()
            raise

    def _image(
        self, series: int, key: _Key, records: list[Record], channels: list[_Key], first: int
    ) -> tuple[Image, list[PlaneAddress], list[TiffContainer]]:
        """One field: its image, its planes in the files that follow file number ``first``."""
        size_t, size_z = max(record.t for record in records), max(record.z for record in records)
        by_place = {(record.t, record.channel, record.z): record for record in records}
        wanted = (
            [(t, c, z) for t in range(1, size_t + 1) for c in channels for z in range(1, size_z + 1)]
            if (size_t * size_z * len(channels) == len(records) == len(by_place))
            else []
        )
        if not wanted or any(place not in by_place for place in wanted):
            planes = size_t * size_z * len(channels)
            message = f"{len(records)} pictures are listed, times, channels and z make {planes}"
            raise damaged(self.path, message, code="source.missing-planes")
        opened: list[TiffContainer] = []
        try:
            opened.extend(self._files(by_place[place] for place in wanted))
            image = self._described(series, key, records, channels, (size_t, size_z), opened[0])
        except BaseException:
            for container in opened:
                container.close()
            raise
        return image, [PlaneAddress(first + number, 0) for number in range(len(opened))], opened

    def _files(self, records: Iterator[Record]) -> Iterator[TiffContainer]:
        for record in records:
            path = self.roots.resolve(self.folder / record.file)
            if path.parent != self.folder or not path.is_file():
                message = f"the picture {record.file!r:.100} is not there"
                raise damaged(self.path, message, code="source.missing-file")
            container = TiffContainer(path)
            yield container  # before anything can fail: whoever keeps it closes it
            count, layout = len(container.directories()), container.directories()[0].layout
            if count != 1 or layout.samples != 1:
                message = f"the picture {record.file!r:.100} holds {count} directories of {layout.samples} samples"
                raise damaged(self.path, message)

    def _described(
        self,
        series: int,
        key: _Key,
        records: list[Record],
        channels: list[_Key],
        sizes: tuple[int, int],
        first: TiffContainer,
    ) -> Image:
        layout = first.directories()[0].layout
        numbers = [number for _, _, number in channels]
        edge = self.details.pixel_um.get(numbers[0])
        pixels = Pixels(
            size_x=layout.width,
            size_y=layout.height,
            size_z=sizes[1],
            size_c=len(channels),
            size_t=sizes[0],
            dtype=layout.dtype or "",
            pixel_size_um=(_step(records), edge, edge),
            significant_bits=self.details.bits.get(numbers[0]),
        )
        return Image(
            series=series,
            name=f"{_well_name(key)} field {key[2]}",
            acquired=min((record.acquired for record in records if record.acquired), default=None),
            pixels=pixels,
            channels=tuple(self.details.channels.get(number, Channel(name=f"channel {number}")) for number in numbers),
        )


def _step(records: list[Record]) -> float | None:
    """Distance of z in µm, where all are equally far apart."""
    heights = {record.z: record.height_um for record in records}
    steps = set()
    for z in range(1, max(heights)):
        lower, upper = heights.get(z), heights.get(z + 1)
        if lower is None or upper is None:
            return None
        steps.add(round(abs(upper - lower), 6))
    return steps.pop() or None if len(steps) == 1 else None


def _well_name(key: _Key) -> str:
    return f"{_letters(key[0])}{key[1]:02d}"


def _letters(row: int) -> str:
    """Rows A to Z, then AA, AB, ..."""
    found = ""
    while row:
        row, rest = divmod(row - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def _wells(fields: Sequence[tuple[_Key, Record]]) -> tuple[Well, ...]:
    """Wells with their fields; the number of an image is its place in ``fields``."""
    found: dict[tuple[int, int], list[Field]] = {}
    for series, (key, record) in enumerate(fields):
        placed = Field(series=series, acquisition=1, position_um=record.position_um)
        found.setdefault((key[0] - 1, key[1] - 1), []).append(placed)
    return tuple(Well(row=row, column=column, fields=tuple(found[row, column])) for row, column in sorted(found))


def _plate(plate: PlateWords, details: DetailWords, wells: tuple[Well, ...]) -> Plate:
    return Plate(
        name=plate.name,
        rows=tuple(_letters(row + 1) for row in range(plate.rows)),
        columns=tuple(str(column + 1) for column in range(plate.columns)),
        wells=wells,
        acquisitions=(PlateAcquisition(id=1, start=details.start, end=details.end),),
    )
