"""The one place where text becomes markup without escaping. Templates use no ``|safe``."""

import json
from typing import Any

from markupsafe import Markup, escape

from publisher.pages.markup import Html

_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def sanitised(value: Html) -> Markup:
    """HTML from the sanitiser as it is; refuses any other text (a fault of the template)."""
    if not isinstance(value, Html):
        raise TypeError(f"only sanitised HTML may stand unescaped in a page, not {type(value).__name__}")
    return Markup(str(value))


def rendered(html: str) -> Markup:
    """What a template of the theme made: its values are escaped already."""
    return Markup(html)


def breakable(text: str) -> Markup:
    """Escaped text that may be broken after a slash: "Z-sections/Timepoints"."""
    return escape(text).replace("/", Markup("/<wbr>")) if "/" in text else escape(text)


def script_json(value: Any) -> Markup:
    """A value as JSON for a ``<script type="application/json">``: nothing in it can end the element."""
    text = json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_ESCAPES))


def _plain(value: Any) -> Any:
    fields = getattr(value, "__dataclass_fields__", None)
    return str(value) if fields is None else {name: getattr(value, name) for name in fields}
