"""OME-Zarr 0.6 says of a multiscale's axes what 0.5 does, in another place: from one form to the other, and back.

0.5 lists ``axes`` once, and up to two transformations a level; 0.6 names a coordinate system that has these axes, and
one transformation a level that says from which array it leads there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]

PHYSICAL = "physical"
"""Name of the coordinate system of all levels, of micrometres and seconds."""


class CoordinatesError(Exception):
    """A multiscale that is not what 0.6 asks for; its words say where and why."""


def in_coordinate_systems(multiscale: Mapping[str, Any]) -> Json:
    """A multiscale of ours as 0.6 has it, its keys in their order: ``coordinateSystems`` stand where ``axes`` did."""
    document: Json = {}
    for key, value in multiscale.items():
        if key == "axes":
            document["coordinateSystems"] = [{"name": PHYSICAL, "axes": value}]
        else:
            document[key] = [_placed(dataset) for dataset in value] if key == "datasets" else value
    return document


def _placed(dataset: Mapping[str, Any]) -> Json:
    """A level with "a single scale [...] or a sequence transformation containing one scale and one translation"."""
    steps = dataset["coordinateTransformations"]
    one = {**steps[0]} if len(steps) == 1 else {"type": "sequence", "transformations": steps}
    ends = {"input": {"path": dataset["path"]}, "output": {"name": PHYSICAL}}
    return {**dataset, "coordinateTransformations": [{**one, **ends}]}


def in_axes(multiscale: object, place: str) -> Json:
    """A multiscale of 0.6 as 0.5 would say it; what leads on to further coordinate systems is left out.

    ``place`` is where it stands, for the words of a CoordinatesError.
    """
    if not isinstance(multiscale, dict):
        raise CoordinatesError(f"{place} is no object")
    systems = _systems(multiscale.get("coordinateSystems"), f"{place}.coordinateSystems")
    datasets = multiscale.get("datasets")
    if not isinstance(datasets, list) or not datasets:
        raise CoordinatesError(f"{place}.datasets is no list of levels")
    outputs, levels = [], []
    for number, dataset in enumerate(datasets):
        where = f"{place}.datasets.{number}"
        if not isinstance(dataset, dict):
            raise CoordinatesError(f"{where} is no object")
        step = _only_step(dataset, where)
        outputs.append(_output(step, systems, where))
        steps = _plain_steps(step, len(systems[outputs[0]]), f"{where}.coordinateTransformations.0")
        levels.append({**dataset, "coordinateTransformations": steps})
    if len(set(outputs)) > 1:
        # "output [...] MUST be the same for every dataset in a single multiscales"
        raise CoordinatesError(f"{place}.datasets lead to {sorted(set(outputs))}; expected one coordinate system")
    kept = {key: value for key, value in multiscale.items() if key not in _OF_06}
    return {**kept, "axes": systems[outputs[0]], "datasets": levels}


_OF_06 = ("coordinateSystems", "coordinateTransformations")


def _systems(value: object, place: str) -> dict[str, list[Any]]:
    """Axes by the name of their coordinate system."""
    if not isinstance(value, list) or not value:
        raise CoordinatesError(f"{place} is missing; expected the axes there")
    found: dict[str, list[Any]] = {}
    for number, system in enumerate(value):
        name, axes = (system.get("name"), system.get("axes")) if isinstance(system, dict) else (None, None)
        if not isinstance(name, str) or not name or not isinstance(axes, list) or not axes:
            raise CoordinatesError(f"{place}.{number} is not made of a name and axes")
        if name in found:
            # "a non-empty string that is unique among all entries under coordinateSystems"
            raise CoordinatesError(f"{place}.{number} has the name {name!r:.40} a second time")
        found[name] = axes
    return found


def _only_step(dataset: Json, place: str) -> Json:
    steps = dataset.get("coordinateTransformations")
    if not isinstance(steps, list) or len(steps) != 1 or not isinstance(steps[0], dict):
        raise CoordinatesError(f"{place}.coordinateTransformations is not a list of one transformation")
    step: Json = steps[0]
    source = step.get("input")
    path = source.get("path") if isinstance(source, dict) else None
    if path != dataset.get("path"):
        # "The value of input MUST equal the value of path"
        words = f"has the input {path!r:.60}; expected {dataset.get('path')!r:.60}, the path of its level"
        raise CoordinatesError(f"{place}.coordinateTransformations.0 {words}")
    return step


def _output(step: Json, systems: Mapping[str, object], place: str) -> str:
    output = step.get("output")
    name = output.get("name") if isinstance(output, dict) else None
    if not isinstance(name, str) or name not in systems:
        words = f"has the output {name!r:.60}; expected one of {list(systems)!s:.200}"
        raise CoordinatesError(f"{place}.coordinateTransformations.0 {words}")
    return name


def _plain_steps(step: Json, count: int, place: str) -> list[Json]:
    """A scale, or a scale and a translation: "MUST be one of [...] scale or identity [...] sequence"."""
    inner = step.get("transformations")
    steps: Sequence[object] = inner if step.get("type") == "sequence" and isinstance(inner, list) else (step,)
    kinds = [one.get("type") if isinstance(one, dict) else None for one in steps]
    if kinds == ["identity"]:
        return [{"type": "scale", "scale": [1.0] * count}]
    if kinds not in (["scale"], ["scale", "translation"]) or (kinds == ["scale"] and step.get("type") == "sequence"):
        words = f"is a {step.get('type')!s:.20} of {kinds!s:.80}; expected a scale, or a sequence of scale, translation"
        raise CoordinatesError(f"{place} {words}")
    return [{key: one[key] for key in ("type", kind) if key in one} for one, kind in zip(steps, kinds, strict=True)]  # type: ignore[operator,index]  # each is an object of a kind
