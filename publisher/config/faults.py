"""Faults of a YAML file against a pydantic model, as problems with lines and near-miss suggestions."""

import difflib
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from publisher.errors import Problem, PublisherError
from publisher.yaml_file import Location, YamlFile

Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], file: YamlFile, *, prefix: str, error: type[PublisherError]) -> Model:
    """``file`` as a ``model``; raises ``error`` with every fault, codes starting with ``prefix``."""
    try:
        return model.model_validate(file.data)
    except ValidationError as fault:
        details = fault.errors(include_url=False)
        problems = [_problem(model, file, prefix, dict(detail)) for detail in details]
        raise error(*sorted(dict.fromkeys(problems), key=lambda problem: problem.line or 0)) from fault


def checked(model: type[Model], values: Mapping[str, object], *, code: str, error: type[PublisherError]) -> Model:
    """``values``, which stand in no file, as a ``model``; raises ``error`` with every fault under ``code``."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as fault:
        words = (_expected(str(detail["type"]), dict(detail)) for detail in fault.errors(include_url=False))
        raise error(*(Problem(code=code, message=each) for each in words)) from fault


def _problem(model: type[BaseModel], file: YamlFile, prefix: str, detail: dict[str, object]) -> Problem:
    location = tuple(part for part in _location(detail["loc"]))
    name = ".".join(str(part) for part in location if not _is_tag(part)) or "the file"
    kind = str(detail["type"])
    if kind == "extra_forbidden":
        known = _keys_at(model, location[:-1])
        near = difflib.get_close_matches(str(location[-1]), known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known keys here: {', '.join(sorted(known))}"
        return file.fault(f"{prefix}.unknown-key", f"unknown key {name!r}", location, hint)
    if kind == "missing":
        return file.fault(f"{prefix}.missing-key", f"{name!r} is missing", location[:-1], "add it")
    found = detail.get("input")
    shown = f", found {found!r}" if isinstance(found, str | int | float | bool) else ""
    hint = "put it in quotes" if kind == "string_type" and isinstance(found, int | float) else ""
    return file.fault(f"{prefix}.bad-value", f"{name} {_expected(kind, detail)}{shown}", location, hint)


EXPECTED = {
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "tuple_type": "must be a list",
    "dict_type": "must be made of `key: value` lines",
    "model_type": "must be made of `key: value` lines",
    "model_attributes_type": "must be made of `key: value` lines",
}
"""What was expected, by pydantic's kind of fault."""
WEB_ADDRESS = "^https?://"


def _expected(kind: str, detail: dict[str, object]) -> str:
    """What was expected, in words that need no knowledge of pydantic."""
    context = detail.get("ctx")
    pattern = str(context.get("pattern", "")) if isinstance(context, dict) else ""
    if pattern.startswith(WEB_ADDRESS):
        return "must be a web address that begins with http:// or https://"
    if kind.startswith("date"):
        return "must be a date such as 2026-01-31"
    message = str(detail["msg"]).removeprefix("Value error, ")
    return EXPECTED.get(kind) or f"{message[:1].lower()}{message[1:]}".replace("input should be", "must be")


def _location(loc: object) -> Location:
    return tuple(loc) if isinstance(loc, tuple) else ()


def _is_tag(part: str | int) -> bool:
    """Whether pydantic added this part to say which member of a union it tried."""
    return isinstance(part, str) and ("[" in part or part in {"str", "Affiliation", "tuple"})


def _keys_at(model: type[BaseModel], location: Location) -> list[str]:
    """Names of the keys allowed at ``location``."""
    current: type[BaseModel] = model
    for part in location:
        if isinstance(part, str) and part in current.model_fields:
            current = _inner_model(current.model_fields[part].annotation) or current
    return list(current.model_fields)


def _inner_model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner_model(argument)
        if found:
            return found
    return None
