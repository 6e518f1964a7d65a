"""Releases of OME-NGFF: where a group's document stands, and which of its parts name the release.

All that tells the releases apart is data here and in `ngff.array_metadata`; every document is made once.
"""

from collections.abc import Mapping
from types import MappingProxyType

from publisher.formats.ngff_coordinates import in_coordinate_systems

Json = dict[str, object]

ZARR_3 = "zarr.json"
ZARR_2_GROUP = ".zgroup"
ZARR_2_ATTRIBUTES = ".zattrs"

VERSIONS_OF = MappingProxyType({"0.5": ("0.5",), "0.4": ("0.4",), "0.4+0.5": ("0.4", "0.5"), "0.6": ("0.6",)})
"""The setting ``zarr.version`` to the releases whose metadata are written, oldest first."""

_NAMES_VERSION = MappingProxyType(
    {
        "0.4": frozenset({"multiscales", "omero", "plate", "well", "image-label"}),
        "0.5": frozenset({"plate", "well", "image-label"}),
        "0.6": frozenset[str](),
    }
)
"""Parts that hold a "version" of their own: 0.4 has no other place for it, 0.5 names it once for the whole group,
and again in plates ("MUST"), wells and labels ("SHOULD"), 0.6 once."""
_ALSO_AT_TOP = ("labels",)
"""Keys that stand beside "ome" as well: vizarr looks for the list of labels there."""


def newest(setting: str) -> str:
    """The newest release that ``setting`` writes: what a reader of both would take."""
    return VERSIONS_OF[setting][-1]


def writes(setting: str, version: str) -> bool:
    """Whether filesets written under ``setting`` (``zarr.version``) have the metadata of ``version``."""
    return version in VERSIONS_OF[setting]


def group_files(document: Mapping[str, object], setting: str) -> dict[str, Json]:
    """The metadata files of a group by name, for ``setting`` (``zarr.version``); ``document`` names no version.

    An empty document is a group that says nothing of itself, such as a row of a plate.
    """
    files: dict[str, Json] = {}
    for version in VERSIONS_OF[setting]:
        content = {key: _versioned(key, _in_form(key, value, version), version) for key, value in document.items()}
        if version == "0.4":
            files[ZARR_2_GROUP] = {"zarr_format": 2}
            files |= {ZARR_2_ATTRIBUTES: content} if document else {}
        else:
            top = {key: content[key] for key in _ALSO_AT_TOP if key in content}
            attributes = {"ome": {"version": version, **content}, **top} if document else {}
            files[ZARR_3] = {"zarr_format": 3, "node_type": "group", "attributes": attributes}
    return files


def _in_form(key: str, value: object, version: str) -> object:
    """Documents are made as 0.4 and 0.5 have them; 0.6 differs in its multiscales alone."""
    if key != "multiscales" or version != "0.6" or not isinstance(value, list):
        return value
    return [in_coordinate_systems(one) for one in value]


def _versioned(key: str, value: object, version: str) -> object:
    if key not in _NAMES_VERSION[version]:
        return value
    if isinstance(value, list):
        return [_versioned(key, part, version) for part in value]
    return {"version": version, **value} if isinstance(value, Mapping) else value
