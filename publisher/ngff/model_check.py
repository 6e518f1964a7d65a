"""What yaozarrs finds: in one document by its models, in a fileset as a judge. The door of yaozarrs."""

import warnings
from collections.abc import Iterator, Sequence
from types import MappingProxyType, SimpleNamespace
from typing import Any, Literal

import yaozarrs
from pydantic import BaseModel, ValidationError
from yaozarrs import v04, v05

from publisher.ngff.fault import Fault, Rule
from publisher.ngff.release_files import ReleaseFiles

Json = dict[str, Any]
Kind = Literal["image", "label", "labels", "plate", "well", "bioformats2raw", "series"]

_NAMES = {
    "image": "Image",
    "label": "LabelImage",
    "labels": "LabelsGroup",
    "plate": "Plate",
    "well": "Well",
    "bioformats2raw": "Bf2Raw",
    "series": "Series",
}
_MODELS = MappingProxyType({"0.4": v04, "0.5": v05, "0.6": v05})
"""yaozarrs knows no 0.6: its documents come here as 0.5 would say them (`StoredGroups.content`)."""
_JUDGED = ("0.4", "0.5")
"""Releases of whose whole filesets yaozarrs is a judge."""
_SOURCE = ("image_label", "source", "image")
"""yaozarrs looks for the image of labels on the disk, where these files need not be; `label_check` looks here."""
_PLACE_PARTS = 4
"""Faults at places that agree in so many steps are one: a value that fits no branch of a choice."""


def model_faults(file: str, content: Json, kind: Kind, release: str) -> tuple[Fault, ...]:
    """Faults of the ``content`` of ``file``, which is to be a group of ``kind``, one for each place."""
    model: type[BaseModel] = getattr(_MODELS[release], _NAMES[kind])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # advice; what of it matters to a reader has a check of its own
            model.model_validate(content)
    except ValidationError as error:
        return tuple(_faults(file, error))
    return ()


def _faults(file: str, error: ValidationError) -> Iterator[Fault]:
    seen = set()
    for detail in error.errors(include_url=False, include_context=False):
        place = detail["loc"][:_PLACE_PARTS]
        if place in seen:
            continue
        seen.add(place)
        where = ".".join(map(str, detail["loc"]))
        words = " ".join(detail["msg"].split())
        found = "" if detail["type"] == "missing" else _found(detail["input"])
        yield Fault(file, f"{where}: {words}{found}" if where else f"{words}{found}")


def _found(value: object) -> str:
    return f", found {value!r}" if isinstance(value, (str, int, float, bool)) and len(repr(value)) <= 80 else ""


def judged(files: ReleaseFiles) -> Iterator[Fault]:
    """Faults that yaozarrs finds in the whole fileset, and its advice as breaches of rules of ours; none in 0.6."""
    if files.release not in _JUDGED:
        return
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yaozarrs.validate_zarr_store(_Root(_Mapping(files), release=files.release))
        except (ValueError, OSError, KeyError, TypeError, AttributeError, NotImplementedError) as error:
            details = getattr(error, "_details", None) or [{"msg": str(error) or type(error).__name__}]
            for detail in details:
                if tuple(detail.get("loc", ())[-3:]) == _SOURCE:
                    continue
                place = ".".join(map(str, detail.get("loc", ())))
                yield Fault(str(detail.get("ctx", {}).get("fs_path", "")), f"{place}: {detail['msg']}".lstrip(": "))
    yield from (Fault("", " ".join(str(one.message).split()), rule=Rule.HOUSE) for one in caught)


class _Root(yaozarrs.ZarrGroup):
    """The root of a fileset of a known release: in 0.4 yaozarrs tells it by the image "0", which need not be there."""

    def __init__(self, files: "_Mapping", *, release: str) -> None:
        super().__init__(files)
        self._release = release

    def ome_version(self) -> str:
        """The release."""
        return self._release


class _Mapping:
    """Files by key, with what yaozarrs uses of fsspec's mappings: no file system of its own, no wildcards in names."""

    root = "/"
    fs = SimpleNamespace(protocol="memory", unstrip_protocol=lambda path: f"memory:/{path}")

    def __init__(self, files: ReleaseFiles) -> None:
        self._files = files

    def get(self, key: str, default: bytes | None = None) -> bytes | None:
        """Bytes of a file."""
        size = self._files.size(key)
        return default if size is None else self._files.read(key, 0, size)

    def getitems(self, keys: Sequence[str], on_error: str) -> dict[str, bytes | KeyError]:
        """Bytes of several files; KeyError for those that are missing."""
        found = {key: self.get(key) for key in keys}
        return {key: KeyError(key) if data is None else data for key, data in found.items()}
