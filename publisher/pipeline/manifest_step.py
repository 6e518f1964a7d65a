"""The checksums of a fileset: a step after all that write into its folder. Nothing is read again."""

from publisher import urls
from publisher.graph.record import Json
from publisher.graph.stage import StepStage
from publisher.graph.step import Deferred, Results, Step
from publisher.ngff.manifest import MANIFEST, REVISION, manifest
from publisher.pipeline.fileset_plan import FilesetPlan

_LINE_BYTES = 100
"""A digest and a path of usual length."""


def manifest_step_name(fileset: FilesetPlan) -> str:
    """Name of the step that writes a fileset's checksums; its value is the manifest's size."""
    return f"manifest {fileset.study.slug}/{fileset.id}"


def manifest_step(fileset: FilesetPlan, after: tuple[str, ...] = ()) -> Deferred:
    """Writes the digests that were taken while the files were; yield it after every step that writes into the fileset.

    ``after``: those steps beside the fileset's own.
    """
    root = urls.fileset(fileset.study.slug, fileset.id)
    name = manifest_step_name(fileset)
    pixels = tuple(image.pixels_step for image in fileset.images.values())

    def make(results: Results) -> Step | None:
        written = {output.path.removeprefix(f"{root}/"): output.sha256 for output in results.written(str(root))}
        written.pop(str(MANIFEST), None)

        def write(stage: StepStage) -> Json:
            data = manifest(written)
            stage.write(root / MANIFEST, data)
            return {"size": len(data)}

        return Step(name=name, action=write, params={"files": written, "revision": REVISION}) if written else None

    files = sum(image.plan.file_count for image in fileset.images.values())
    return Deferred(
        name=name,
        make=make,
        needs=(fileset.describe_step,),
        after=(*pixels, *after),
        expects=(files * _LINE_BYTES, 1),
    )
