"""Builders of tiny OME-Zarr hierarchies beyond one image: plates and labels."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.testing.images import write_ome_zarr

if TYPE_CHECKING:
    from numpy.typing import NDArray


def write_group(folder: Path, attributes: Mapping[str, Any], version: str) -> Path:
    """A group that carries OME ``attributes``, in the files of ``version``; what else is in ``folder`` stays."""
    folder.mkdir(parents=True, exist_ok=True)
    if version >= "0.5":
        document = {"zarr_format": 3, "node_type": "group", "attributes": {"ome": {"version": version, **attributes}}}
        (folder / "zarr.json").write_text(json.dumps(document))
    else:
        (folder / ".zgroup").write_text('{"zarr_format": 2}')
        (folder / ".zattrs").write_text(json.dumps(dict(attributes)))
    return folder


def write_plate(
    path: Path,
    wells: Mapping[str, Sequence[NDArray[Any]]],
    *,
    version: str = "0.4",
    rows: Sequence[str] = ("A", "B"),
    columns: Sequence[str] = ("1", "2"),
    acquisitions: Sequence[Mapping[str, Any]] = (),
    taken: Mapping[int, int] | None = None,
    **options: Any,
) -> Path:
    """A plate whose ``wells`` ("A/1") have an image (T, C, Z, Y, X) for each field.

    ``taken`` gives fields, by number, the id of their acquisition. ``options`` go to `write_ome_zarr`.
    """
    records = []
    for well, fields in wells.items():
        row, column = well.split("/")
        records.append({"path": well, "rowIndex": rows.index(row), "columnIndex": columns.index(column)})
        for number, pixels in enumerate(fields):
            write_ome_zarr(path / well / str(number), pixels, version=version, **options)
        write_group(path / row, {}, version)
        images: list[dict[str, Any]] = [{"path": str(number)} for number in range(len(fields))]
        for number, acquisition in (taken or {}).items():
            images[number]["acquisition"] = acquisition
        write_group(path / well, {"well": {"images": images, "version": version}}, version)
    plate: dict[str, Any] = {
        "name": "plate",
        "version": version,
        "rows": [{"name": name} for name in rows],
        "columns": [{"name": name} for name in columns],
        "wells": records,
    }
    if acquisitions:
        plate["acquisitions"] = [dict(acquisition) for acquisition in acquisitions]
    return write_group(path, {"plate": plate}, version)


def write_labels(
    image: Path,
    name: str,
    pixels: NDArray[Any],
    *,
    version: str = "0.4",
    colors: Sequence[Mapping[str, Any]] = (),
    properties: Sequence[Mapping[str, Any]] = (),
    **options: Any,
) -> Path:
    """Labels ``name`` of the image group ``image``, beside those it has; ``options`` go to `write_ome_zarr`."""
    labels = image / "labels"
    file = labels / ("zarr.json" if version >= "0.5" else ".zattrs")
    known: list[str] = []
    if file.is_file():
        document = json.loads(file.read_text())
        known = (document["attributes"]["ome"] if version >= "0.5" else document)["labels"]
    path = write_ome_zarr(labels / name, pixels, version=version, **options)
    file = path / file.name
    document = json.loads(file.read_text())
    attributes = document["attributes"]["ome"] if version >= "0.5" else document
    attributes["image-label"] = {
        "version": version,
        "colors": list(map(dict, colors)),
        "properties": list(map(dict, properties)),
    }
    file.write_text(json.dumps(document))
    write_group(labels, {"labels": [*known, name]}, version)
    return path
