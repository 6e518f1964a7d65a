"""Conditional requests of RFC 9110 section 13: has the file changed since the client saw it?"""

import email.utils
import os
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells two states of a file apart; ``variant`` sets a page apart that the server added its script to."""

    size: int
    modified_ns: int
    variant: str = ""

    @classmethod
    def of(cls, status: os.stat_result, *, variant: str = "") -> "Validators":
        """Validators of a file by its size and time of change."""
        return cls(status.st_size, status.st_mtime_ns, variant)

    @property
    def etag(self) -> str:
        """A strong entity tag."""
        return f'"{self.modified_ns:x}-{self.size:x}{self.variant}"'

    @property
    def modified_s(self) -> int:
        """Time of change in whole seconds since 1970, as HTTP dates have it."""
        return self.modified_ns // 1_000_000_000


def precondition_status(headers: Message, validators: Validators) -> HTTPStatus | None:
    """304 or 412 where a precondition of a GET or HEAD says so, in the order of RFC 9110, 13.2.2; None to go on."""
    match, none_match = headers.get("If-Match"), headers.get("If-None-Match")
    if match is not None:
        if not _names(match, validators.etag, weak=False):
            return HTTPStatus.PRECONDITION_FAILED
    elif _is_newer(validators, headers.get("If-Unmodified-Since")):
        return HTTPStatus.PRECONDITION_FAILED
    if none_match is not None:
        return HTTPStatus.NOT_MODIFIED if _names(none_match, validators.etag, weak=True) else None
    since = _seconds(headers.get("If-Modified-Since"))
    return HTTPStatus.NOT_MODIFIED if since is not None and validators.modified_s <= since else None


def is_range_current(headers: Message, validators: Validators) -> bool:
    """Whether a Range may be answered: without If-Range, or when that names the present state exactly (13.1.5)."""
    condition = headers.get("If-Range")
    if condition is None:
        return True
    if condition.startswith(('"', "W/")):
        return condition == validators.etag  # strong comparison: a weak tag never matches
    return _seconds(condition) == validators.modified_s


def _names(field: str, etag: str, *, weak: bool) -> bool:
    tags = [tag.strip() for tag in field.split(",")]
    return "*" in tags or etag in (tag.removeprefix("W/") if weak else tag for tag in tags)


def _is_newer(validators: Validators, date: str | None) -> bool:
    seconds = _seconds(date)
    return seconds is not None and validators.modified_s > seconds


def _seconds(date: str | None) -> int | None:
    """An HTTP date in seconds since 1970; what is no date is ignored (13.1.3)."""
    try:
        return int(email.utils.parsedate_to_datetime(date).timestamp()) if date else None
    except (ValueError, OverflowError):
        return None
