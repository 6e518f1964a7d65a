"""Where a source is: a path of this computer, or an address on the web."""

import re
from dataclasses import dataclass
from pathlib import Path

_ADDRESS = re.compile(r"(?P<scheme>https?|s3)://(?P<host>[A-Za-z0-9._-]+(:\d{1,5})?)(?P<path>/[^\s?#<>\"\\@]*)\Z")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class Address:
    """A store on the web: ``https://host/a.ome.zarr``, or ``s3://bucket/a.ome.zarr`` of a public bucket.

    ``endpoint`` is the address of the S3 service, None for Amazon's. It has no user, no query and no trailing slash.
    """

    url: str
    endpoint: str | None = None

    def __str__(self) -> str:
        return self.url

    @property
    def name(self) -> str:
        """The last part of the path, as a file is named."""
        return self.url.rsplit("/", 1)[-1]

    @property
    def public_url(self) -> str:
        """The address that a browser is given: of an S3 bucket, where its service answers to http(s)."""
        if not self.url.startswith("s3://"):
            return self.url
        bucket, _, key = self.url.removeprefix("s3://").partition("/")
        if self.endpoint is None:
            return f"https://{bucket}.s3.amazonaws.com/{key}"
        return f"{self.endpoint.rstrip('/')}/{bucket}/{key}"


Location = Path | Address


def is_address(text: str) -> bool:
    """Whether ``text`` is meant as an address, sound or not."""
    return bool(_SCHEME.match(text))


def address_of(text: str, endpoint: str | None = None) -> Address | None:
    """``text`` as an address; None where it is none that can be read: other schemes, passwords, queries, ``..``."""
    found = _ADDRESS.match(text.rstrip("/"))
    if not found or ".." in found["path"].split("/") or "//" in found["path"]:
        return None
    return Address(text.rstrip("/"), endpoint)
