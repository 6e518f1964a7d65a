"""Faults of a plate's metadata that no validator sees: each function yields them in words."""

import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Json = dict[str, Any]
_OME = "{http://www.openmicroscopy.org/Schemas/OME/2016-06}"


def plate_problems(plate: Json, wells: Mapping[str, Json], series: Sequence[str]) -> Iterator[str]:
    """Faults of the content of ``plate`` against that of each ``well`` by its path, and the fileset's ``series``."""
    rows, columns = ([each["name"] for each in plate[key]] for key in ("rows", "columns"))
    for key, names in (("rows", rows), ("columns", columns)):
        for name, times in Counter(name.lower() for name in names).items():
            if times > 1:
                yield f"{times} {key} are called {name!r} but for capitals; some disks cannot tell them apart"
    yield from _well_list_problems(plate["wells"], rows, columns)
    yield from _count_problems(plate, wells)
    yield from _acquisition_problems(plate.get("acquisitions", []), wells)
    fields = [f"{path}/{image['path']}" for path, well in wells.items() for image in well["images"]]
    if fields != list(series):
        missing, foreign = sorted({*fields} - {*series}), sorted({*series} - {*fields})
        yield (
            "series does not list the fields of the wells in their order"
            + (f"; it lacks {', '.join(missing[:5])}" if missing else "")
            + (f"; no well has {', '.join(foreign[:5])}" if foreign else "")
        )


def _well_list_problems(wells: Sequence[Json], rows: Sequence[str], columns: Sequence[str]) -> Iterator[str]:
    """ "The path MUST consist of a name in the rows list, a file separator (/), and a name from the columns list"."""
    for well in wells:
        row, column = well["rowIndex"], well["columnIndex"]
        if not (0 <= row < len(rows) and 0 <= column < len(columns)):
            yield f"well {well['path']} is at rowIndex {row}, columnIndex {column}, outside the plate"
        elif well["path"] != f"{rows[row]}/{columns[column]}":
            yield f"well {well['path']} is at rowIndex {row}, columnIndex {column}: {rows[row]}/{columns[column]}"
    places = [(well["rowIndex"], well["columnIndex"]) for well in wells]
    if sorted(set(places)) != places:
        yield "the wells are not sorted by row and column, each once"


def _count_problems(plate: Json, wells: Mapping[str, Json]) -> Iterator[str]:
    most = max((len(well["images"]) for well in wells.values()), default=0)
    if plate.get("field_count") != most:
        yield f"field_count is {plate.get('field_count')}; the largest well has {most} fields"
    if "name" not in plate:
        yield "the plate has no name"


def _acquisition_problems(acquisitions: Sequence[Json], wells: Mapping[str, Json]) -> Iterator[str]:
    """ "If multiple acquisitions were performed in the plate, it MUST contain an integer identifying the acquisition
    which MUST match one of the acquisition JSON objects defined in the plate metadata"; vizarr drops the id 0."""
    ids = [acquisition["id"] for acquisition in acquisitions]
    if len(set(ids)) != len(ids):
        yield f"acquisitions have the ids {ids}; expected each once"
    if any(identifier < 1 for identifier in ids):
        yield f"acquisitions have the ids {ids}; expected numbers from 1, since viewers take 0 for none"
    for path, well in wells.items():
        used = {image.get("acquisition") for image in well["images"]}
        if len(ids) > 1 and None in used:
            yield f"well {path} has a field without an acquisition, on a plate of {len(ids)}"
        if unknown := used - {None, *ids}:
            yield f"well {path} names the acquisitions {sorted(unknown)}; the plate has {ids}"


def level_problems(levels: Mapping[str, int]) -> Iterator[str]:
    """Fields by path with their number of levels: all have the same, which vizarr and napari assume."""
    if len(set(levels.values())) > 1:
        usual, _ = Counter(levels.values()).most_common(1)[0]
        for path, count in levels.items():
            if count != usual:
                yield f"{path} has {count} levels, other fields of the plate {usual}"


def stray_problems(folder: Path, plate: Json, wells: Mapping[str, Json]) -> Iterator[str]:
    """Wells and fields that lie in ``folder`` without being listed."""
    for row in sorted({path.partition("/")[0] for path in wells} | {each["name"] for each in plate["rows"]}):
        for column in _folders(folder / row):
            path = f"{row}/{column}"
            if path not in wells:
                yield f"{path} is no well of the plate"
                continue
            listed = {image["path"] for image in wells[path]["images"]}
            strays = (name for name in _folders(folder / path) if name not in listed)
            yield from (f"{path}/{name} is no field of its well" for name in strays)


def _folders(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []


def plate_xml_problems(data: bytes, plate: Json, wells: Mapping[str, Json], series: Sequence[str]) -> Iterator[str]:
    """Where the OME-XML has another image at a field than the folders: by row, column and position in the well."""
    root = ElementTree.fromstring(data)
    expected = {f"Image:{number}": tuple(path.rsplit("/", 1)) for number, path in enumerate(series)}
    names = {(well["rowIndex"], well["columnIndex"]): well["path"] for well in plate["wells"]}
    seen: set[str] = set()
    for well in root.iterfind(f"{_OME}Plate/{_OME}Well"):
        path = names.get((int(well.get("Row", "-1")), int(well.get("Column", "-1"))), "")
        images = wells[path]["images"] if path else []
        for position, sample in enumerate(well.iterfind(f"{_OME}WellSample")):
            reference = sample.find(f"{_OME}ImageRef")
            if reference is None:
                continue
            identifier = reference.get("ID", "")
            seen.add(identifier)
            place = (path, images[position]["path"]) if position < len(images) else (path, "")
            if expected.get(identifier) != place:
                where = "/".join(expected.get(identifier, ("nowhere",)))
                yield f"{identifier}, which is {where}, is sample {position} of well {path or 'that is not there'}"
    if missing := sorted(expected.keys() - seen):
        yield f"no well has {', '.join(missing[:5])}"
