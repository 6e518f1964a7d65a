"""OME-NGFF metadata of plates and wells: the content of the keys ``plate`` and ``well``.

Acquisitions have no ``starttime`` and ``endtime``: NGFF wants seconds since 1970, OME's times know no time zone, and
Bio-Formats' reader of OME-Zarr expects text there and fails on a number. The times stand in the OME-XML.
"""

from publisher.formats.ngff import Json
from publisher.model.plate_layout import PlacedWell, PlateLayout
from publisher.model.screen import PlateAcquisition


def plate(layout: PlateLayout, name: str) -> Json:
    """Content of ``plate``: all rows and columns, the wells that have images, sorted by row and column."""
    document: Json = {"name": name} if name else {}
    if layout.acquisitions:
        document["acquisitions"] = [
            _acquisition(acquisition, layout.most_fields(acquisition.id)) for acquisition in layout.acquisitions
        ]
    return {
        **document,
        "field_count": layout.field_count,
        "rows": [{"name": row} for row in layout.rows],
        "columns": [{"name": column} for column in layout.columns],
        "wells": [{"path": well.path, "rowIndex": well.row, "columnIndex": well.column} for well in layout.wells],
    }


def well(placed: PlacedWell) -> Json:
    """Content of ``well``: its fields, each with its acquisition where it is in one."""
    images: list[Json] = []
    for field in placed.fields:
        image: Json = {"path": field.name}
        images.append(image if field.acquisition is None else {**image, "acquisition": field.acquisition})
    return {"images": images}


def _acquisition(acquisition: PlateAcquisition, most_fields: int) -> Json:
    """Numbered from 1; "maximumfieldcount" must be above 0, so that one without fields has none."""
    document: Json = {"id": acquisition.id}
    if acquisition.name:
        document["name"] = acquisition.name
    if acquisition.description:
        document["description"] = acquisition.description
    return {**document, "maximumfieldcount": most_fields} if most_fields else document
