"""Faults of a plate's metadata that no validator sees: its wells, fields, acquisitions and OME-XML against each other.

The documents have passed their models (`model_check`), so that keys that must be there are.
"""

import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.model.screen import ome_indices
from publisher.ngff.fault import Fault, Rule
from publisher.sources.zarr_files import ZarrFiles, join

Json = dict[str, Any]
_OME = "{http://www.openmicroscopy.org/Schemas/OME/2016-06}"
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class StoredPlate:
    """What the files of a plate say: the content of ``plate``, that of each ``well`` by its path, in their order.

    ``file`` is the one that describes the plate.
    """

    file: str
    plate: Json
    wells: Mapping[str, Json]

    @property
    def fields(self) -> list[str]:
        """Paths of the fields, well after well."""
        return [join(path, image["path"]) for path, well in self.wells.items() for image in well["images"]]


def plate_faults(stored: StoredPlate) -> Iterator[Fault]:
    """Faults of the plate and its wells, without a look at the images."""
    plate, file = stored.plate, stored.file
    rows, columns = ([each["name"] for each in plate[key]] for key in ("rows", "columns"))
    for key, names in (("rows", rows), ("columns", columns)):
        for name, times in Counter(name.lower() for name in names).items():
            if times > 1:
                # "Care SHOULD be taken to avoid collisions on case-insensitive filesystems."
                words = f"{times} {key} are called {name!r} but for capitals; some disks cannot tell them apart"
                yield Fault(file, words, Rule.HOUSE)
    yield from _well_list_faults(file, plate["wells"], rows, columns)
    yield from _acquisition_faults(stored)
    most = max((len(well["images"]) for well in stored.wells.values()), default=0)
    if plate.get("field_count") != most:
        words = f"field_count is {plate.get('field_count')}; the largest well has {most} fields"
        yield Fault(file, words, Rule.SPECIFICATION if "field_count" in plate else Rule.HOUSE)
    if not plate.get("name"):
        yield Fault(file, "the plate has no name", Rule.HOUSE)


def _well_list_faults(file: str, wells: Sequence[Json], rows: Sequence[str], columns: Sequence[str]) -> Iterator[Fault]:
    """ "The path MUST consist of a name in the rows list, a file separator (/), and a name from the columns list"."""
    for well in wells:
        row, column = well["rowIndex"], well["columnIndex"]
        if not (0 <= row < len(rows) and 0 <= column < len(columns)):
            yield Fault(file, f"well {well['path']} is at rowIndex {row}, columnIndex {column}, outside the plate")
        elif well["path"] != f"{rows[row]}/{columns[column]}":
            place = f"rowIndex {row}, columnIndex {column}"
            yield Fault(file, f"well {well['path']} is at {place}, which is {rows[row]}/{columns[column]}")
    places = [(well["rowIndex"], well["columnIndex"]) for well in wells]
    if sorted(places) != places:
        yield Fault(file, "the wells are not sorted by row, then column", Rule.HOUSE)
    for path, times in Counter(well["path"] for well in wells).items():
        if times > 1:
            yield Fault(file, f"well {path} is listed {times} times")


def _acquisition_faults(stored: StoredPlate) -> Iterator[Fault]:
    """ "If multiple acquisitions were performed in the plate, it MUST contain an integer identifying the acquisition
    which MUST match one of the acquisition JSON objects defined in the plate metadata"; vizarr takes 0 for none."""
    ids = [acquisition["id"] for acquisition in stored.plate.get("acquisitions") or ()]
    if len(set(ids)) != len(ids):
        yield Fault(stored.file, f"acquisitions have the ids {ids}; expected each once")
    if any(identifier < 1 for identifier in ids):
        words = f"acquisitions have the ids {ids}; expected numbers from 1, viewers take 0 for none"
        yield Fault(stored.file, words, Rule.HOUSE)
    document = stored.file.rpartition("/")[2]
    for path, well in stored.wells.items():
        used = {image.get("acquisition") for image in well["images"]}
        if len(ids) > 1 and None in used:
            yield Fault(join(path, document), f"has a field in no acquisition, on a plate of {len(ids)}")
        if unknown := sorted(used - {None, *ids}):
            named = ", ".join(map(str, unknown))
            yield Fault(join(path, document), f"names the acquisition {named}; the plate has {ids or 'none'}")


def level_faults(levels: Mapping[str, int], document: str) -> Iterator[Fault]:
    """Fields by path with their number of levels: all have the same, which vizarr and napari assume.

    ``document`` is the name of the file that describes an image.
    """
    if len(set(levels.values())) > 1:
        usual, _ = Counter(levels.values()).most_common(1)[0]
        for path, count in levels.items():
            if count != usual:
                words = f"has {count} levels, most fields of the plate {usual}; viewers expect the same of all"
                yield Fault(join(path, document), words, Rule.HOUSE)


def stray_faults(files: ZarrFiles, stored: StoredPlate) -> Iterator[Fault]:
    """Wells and fields that lie in the plate's rows without being listed."""
    fields = {*stored.fields}
    for row in stored.plate["rows"]:
        seen = {tuple(key.split("/")[1:4]) for key in files.sizes_below(row["name"]) if key.count("/") > 1}
        for column in sorted({place[0] for place in seen}):
            well = f"{row['name']}/{column}"
            if well not in stored.wells:
                yield Fault(well, "lies in the plate, which lists no such well", Rule.HOUSE)
                continue
            for name in sorted({place[1] for place in seen if place[0] == column and len(place) == 3}):
                if f"{well}/{name}" not in fields:
                    yield Fault(f"{well}/{name}", "lies in the well, which lists no such field", Rule.HOUSE)


def series_faults(file: str, series: Sequence[str], stored: StoredPlate) -> Iterator[Fault]:
    """Where the list of images (in ``file``) is not that of the fields, in their order."""
    fields = stored.fields
    if [*series] == fields:
        return
    missing, foreign = sorted({*fields} - {*series}), sorted({*series} - {*fields})
    words = "series does not list the fields of the wells in their order"
    words += f"; it lacks {', '.join(missing[:_MOST_NAMED])}" if missing else ""
    words += f"; no well has {', '.join(foreign[:_MOST_NAMED])}" if foreign else ""
    yield Fault(file, words, Rule.HOUSE)


def plate_xml_problems(data: bytes, series: Sequence[str], stored: StoredPlate) -> Iterator[str]:
    """Where the OME-XML has another image at a field than the folders: by row, column and position in the well.

    ``data`` has passed `ome_xml_problems`; ``Image:<n>`` is the n-th of ``series``.
    """
    expected = {f"Image:{number}": path for number, path in enumerate(series)}
    rows, columns = (ome_indices([each["name"] for each in stored.plate[key]]) for key in ("rows", "columns"))
    names = {
        (str(rows[well["rowIndex"]]), str(columns[well["columnIndex"]])): well["path"] for well in stored.plate["wells"]
    }
    seen: set[str] = set()
    for well in ElementTree.fromstring(data).iterfind(f"{_OME}Plate/{_OME}Well"):
        path = names.get((well.get("Row", ""), well.get("Column", "")), "")
        images = stored.wells[path]["images"] if path else []
        for position, sample in enumerate(well.iterfind(f"{_OME}WellSample")):
            reference = sample.find(f"{_OME}ImageRef")
            if reference is None:
                continue
            identifier = reference.get("ID", "")
            seen.add(identifier)
            found = join(path, images[position]["path"]) if position < len(images) else ""
            if expected.get(identifier, "") != found or not found:
                where = f"is {expected[identifier]}" if identifier in expected else "is not published"
                place = f"sample {position} of the well in row {well.get('Row')}, column {well.get('Column')}"
                yield f"{identifier}, which {where}, is {place}"
    if missing := sorted(expected.keys() - seen):
        yield f"no well has {', '.join(missing[:_MOST_NAMED])}"
