"""The gate: a fileset as a build wrote it, judged by yaozarrs and by what no validator sees. The door of yaozarrs.

Takes a folder in the bioformats2raw layout, returns problems, writes nothing.
"""

import json
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaozarrs

from publisher.errors import Problem
from publisher.ngff.array_check import array_problems
from publisher.ngff.document_check import has_null, image_problems, ome_xml_problems
from publisher.ngff.plate_check import level_problems, plate_problems, plate_xml_problems, stray_problems

Json = dict[str, Any]
_HINT = "build the fileset anew: publisher build"


def validate_fileset(folder: Path, *, empty_files: bool = True) -> tuple[Problem, ...]:
    """Every fault of the fileset ``folder``; none when it may be published.

    ``empty_files``: files that hold only the fill value must exist (``hosting.missing_keys: "403"``).
    """
    problems = [*_yaozarrs_problems(folder)]
    try:
        problems += _own_problems(folder, empty_files=empty_files)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        # Documents so wrong that they cannot be walked; yaozarrs has told why in most cases.
        problems.append(_problem(folder, f"metadata cannot be followed ({type(error).__name__}: {error})"))
    return tuple(problems)


def _yaozarrs_problems(folder: Path) -> Iterator[Problem]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with _without_wildcards(folder) as plain:
                yaozarrs.validate_zarr_store(plain)
        except (ValueError, OSError) as error:
            details = getattr(error, "_errors", None) or [{"msg": str(error)}]
            yield from (_problem(folder, f"{_place(detail)}{detail['msg']}") for detail in details)
    yield from (_problem(folder, str(one.message)) for one in caught)


@contextmanager
def _without_wildcards(folder: Path) -> Iterator[Path]:
    """The folder by a path without ``*``, ``?`` and ``[``, which fsspec below yaozarrs takes for wildcards."""
    if not any(mark in str(folder) for mark in "*?["):
        yield folder
        return
    with TemporaryDirectory() as place:
        link = Path(place) / "fileset"
        link.symlink_to(folder.absolute(), target_is_directory=True)
        yield link


def _place(detail: Json) -> str:
    return "".join(f"{part}." for part in detail.get("loc", ()))[:-1] + ": " if detail.get("loc") else ""


def _own_problems(folder: Path, *, empty_files: bool) -> Iterator[Problem]:
    series = _ome(folder / "OME")["series"]
    plate = _ome(folder).get("plate")
    if not plate and not _are_numbers(series):
        yield _problem(folder / "OME", f"series is {series}; expected the numbers of the images, each once, in order")
    shapes, dtypes = [], []
    counts: dict[str, int] = {}
    for path in series:
        document = _document(folder / path)
        levels = [level["path"] for level in document["attributes"]["ome"]["multiscales"][0]["datasets"]]
        arrays = [_document(folder / path / level) for level in levels]
        counts[path] = len(levels)
        shapes.append(tuple(arrays[0]["shape"]))
        dtypes.append(arrays[0]["data_type"])
        yield from (_problem(folder / path, words) for words in image_problems(document, arrays))
        for level, array in zip(levels, arrays, strict=True):
            array_folder = folder / path / level
            faults = array_problems(array_folder, array, empty_files=empty_files)
            yield from (_problem(array_folder, words) for words in faults)
    xml = folder / "OME" / "METADATA.ome.xml"
    if not xml.is_file():
        yield _problem(xml, "the OME-XML is missing")
        return
    data = xml.read_bytes()
    numbers = [str(number) for number in range(len(series))] if plate else series
    yield from (_problem(xml, words) for words in ome_xml_problems(data, numbers, shapes, dtypes))
    if plate:
        wells = {well["path"]: _ome(folder / well["path"])["well"] for well in plate["wells"]}
        found = (
            *plate_problems(plate, wells, series),
            *level_problems(counts),
            *stray_problems(folder, plate, wells),
        )
        yield from (_problem(folder, words) for words in found)
        yield from (_problem(xml, words) for words in plate_xml_problems(data, plate, wells, series))


def _are_numbers(series: Sequence[str]) -> bool:
    return all(path.isdigit() for path in series) and sorted(set(series), key=int) == [*series]


def _ome(folder: Path) -> Json:
    ome: Json = _document(folder)["attributes"]["ome"]
    return ome


def _document(folder: Path) -> Json:
    document: Json = json.loads((folder / "zarr.json").read_bytes())
    if has_null(document):
        raise ValueError(f"{folder.name}/zarr.json holds null, which neuroglancer refuses")
    return document


def _problem(path: Path, message: str) -> Problem:
    return Problem(code="store.invalid", message=message, path=str(path), hint=_HINT)
