"""JSON as this package writes it."""

import json


def json_bytes(document: object) -> bytes:
    """``document`` with two spaces, UTF-8, a final newline, never NaN."""
    return (json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
