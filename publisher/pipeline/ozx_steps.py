"""An image as one file to download: a step after all that the file holds, which copies bytes and decodes none.

It runs again when, and only when, a file that it packs has other bytes: arrays, labels, the image's
metadata, its OME-XML. A changed caption is such a change, because the file that people take away says it too.
"""

import dataclasses
import json
from collections.abc import Iterable
from pathlib import PurePosixPath

from publisher import urls
from publisher.graph.record import Json, Output
from publisher.graph.stage import StepStage
from publisher.graph.step import Deferred, Results, Step
from publisher.ngff.describe import OME_XML, RO_CRATE
from publisher.ngff.json_file import json_bytes
from publisher.ngff.ozx import REVISION, Member, member, write_ozx
from publisher.ngff.ro_crate import CrateFacts, ro_crate
from publisher.pipeline.fileset_plan import FilesetPlan, PlannedImage
from publisher.pipeline.planned_labels import label_parts

_ZARR_2 = (".zarray", ".zattrs", ".zgroup", ".zmetadata")
"""Left out: "The ZIP file MUST contain the OME-Zarr's root-level zarr.json", so that readers of it know Zarr 3."""
_GROUP = json_bytes({"zarr_format": 3, "node_type": "group"})
_HEAD_BYTES = 64 << 10
"""More than the metadata of an image, its OME-XML and the zip's directory usually take."""


def ozx_step_name(fileset: FilesetPlan, image: PlannedImage) -> str:
    """Name of the step that packs an image; its value is the file's size and SHA-256."""
    return f"ozx {fileset.study.slug}/{image.entry.id}"


def ozx_step(fileset: FilesetPlan, image: PlannedImage, crate: CrateFacts, after: tuple[str, ...] = ()) -> Deferred:
    """Packs ``image`` when its arrays and metadata are there; ``after``: further steps that write into its folder."""
    slug, entry = fileset.study.slug, image.entry.id
    store = urls.store(slug, fileset.id, image.plan.path)
    document = urls.image_file(slug, entry, "ome.xml")
    name = ozx_step_name(fileset, image)

    def make(results: Results) -> Step | None:
        files = _members_of(store, document, results)
        if "zarr.json" not in files:
            return None
        parts = tuple(label_parts("", image.labels, image.plan, results))
        own = dataclasses.replace(crate, name=image.entry.name or image.image.name, labels=parts)
        written = {
            str(RO_CRATE): json_bytes(ro_crate(own)),
            str(OME_XML.parent / "zarr.json"): _GROUP,
        }
        return Step(
            name=name,
            action=lambda stage: _pack(stage, urls.ozx(slug, entry), files, written),
            apart=True,
            params={
                "files": {path: output.sha256 for path, output in sorted(files.items())},
                "written": {path: data.decode() for path, data in written.items()},
                "revision": REVISION,
                "target": str(urls.ozx(slug, entry)),
            },
        )

    return Deferred(
        name=name,
        make=make,
        needs=(image.pixels_step, fileset.describe_step),
        after=after,
        expects=(image.plan.raw_bytes + _HEAD_BYTES, 1),
    )


def _members_of(store: PurePosixPath, document: PurePosixPath, results: Results) -> dict[str, Output]:
    """What is packed, by its name in the file: all of the image's folder, and its OME-XML."""
    found = {output.path.removeprefix(f"{store}/"): output for output in results.written(str(store))}
    found = {path: output for path, output in found.items() if PurePosixPath(path).name not in _ZARR_2}
    beside: Iterable[Output] = results.written(str(document.parent))
    return found | {str(OME_XML): output for output in beside if output.path == str(document)}


def _pack(stage: StepStage, target: PurePosixPath, files: dict[str, Output], written: dict[str, bytes]) -> Json:
    members = [
        Member(name=name, content=stage.place(PurePosixPath(output.path)), size=output.size, sha256=output.sha256)
        for name, output in files.items()
    ]
    members += [member(name, data) for name, data in written.items()]
    root = stage.place(PurePosixPath(files["zarr.json"].path))
    version = json.loads(root.read_bytes())["attributes"]["ome"]["version"]
    size, sha256 = write_ozx(stage.file(target), members, version)
    stage.wrote(target, size, sha256)
    return {"size": size, "sha256": sha256}
