"""How images are shown: each by its own statistics, or in the window that it shares with others, found by a step."""

from collections.abc import Sequence

from publisher.graph.fingerprint import digest_json
from publisher.graph.record import Json
from publisher.graph.step import Deferred, Results, Step
from publisher.model.rendering import RenderingSettings
from publisher.model.statistics import ImageStatistics
from publisher.ngff.rendering import rendering_settings
from publisher.ngff.shared_window import REVISION as WINDOW_REVISION
from publisher.ngff.shared_window import shared_windows, with_windows
from publisher.pipeline.fileset_plan import FilesetPlan, PlannedImage


def rendering_of(
    fileset: FilesetPlan, image: PlannedImage, results: Results, *, of_picture: bool = False
) -> RenderingSettings | None:
    """How an image is shown; None when its pixels could not be written.

    ``of_picture``: how its pictures show it, which may be of the maximum over z, brighter than any plane.
    """
    projected = of_picture and fileset.shows_projection(image)
    value = results.value(image.pixels_step)
    if value is None:
        return None
    statistics = _statistics(value, projected=projected)
    if len(statistics.channels) != len(image.image.channels):
        return None  # of an older source: its new pixels could not be written
    shared = results.value(fileset.window_step) if fileset.window_step else None
    if shared:
        windows = shared[_window_key(len(statistics.channels), projected=projected)]
        statistics = with_windows(statistics, [(low, high) for low, high in windows])
    said = fileset.rendering
    return rendering_settings(
        image.image,
        statistics,
        fileset.overrides(),
        None if said.default_z is None else said.default_z - 1,
        None if said.default_t is None else said.default_t - 1,
    )


def _statistics(value: Json, *, projected: bool) -> ImageStatistics:
    statistics = ImageStatistics.from_json(value["statistics"])
    return statistics.projected() if projected else statistics


def window_step(name: str, filesets: Sequence[FilesetPlan]) -> Deferred:
    """The step that finds the window which the images of ``filesets`` share; writes no file."""
    pixels = tuple(image.pixels_step for fileset in filesets for image in fileset.images.values())
    projected = any(fileset.shows_projection(image) for fileset in filesets for image in fileset.images.values())

    def make(results: Results) -> Step | None:
        known = [digest_json(value["statistics"]) for step in pixels if (value := results.value(step))]
        params = {"statistics": known, "projected": projected, "revision": WINDOW_REVISION}
        return Step(name=name, params=params, action=lambda _stage: find(results)) if known else None

    def find(results: Results) -> Json:
        found = {}
        for of_projection in (False, True) if projected else (False,):
            values = (results.value(step) for step in pixels)
            windows = shared_windows(_statistics(value, projected=of_projection) for value in values if value)
            for channels, each in windows.items():
                found[_window_key(channels, projected=of_projection)] = [list(window) for window in each]
        return found

    return Deferred(name=name, make=make, after=pixels)


def _window_key(channels: int, *, projected: bool) -> str:
    """Images with equally many channels share their windows, and so do their projections."""
    return f"{channels} max" if projected else str(channels)


def window_steps(fileset: FilesetPlan) -> tuple[str, ...]:
    """Names of the steps that find windows for ``fileset``: one or none."""
    return (fileset.window_step,) if fileset.window_step else ()
