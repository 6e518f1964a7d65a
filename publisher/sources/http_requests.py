"""Requests to the host of one store. The door of urllib3.

A store may not lead elsewhere: redirects are followed within the host only. object_store and fsspec follow any, and
cannot be told not to (measured: a redirect to another port of this computer was read as the store's own file).
"""

from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError

from publisher.errors import Problem, SourceError
from publisher.model.location import Address
from publisher.sources.damage import damaged

_CONNECT_S, _READ_S = 8.0, 15.0
_TRIES = 4
_BACKOFF_S = 0.25
_AGAIN = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 3
_CONNECTIONS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a host said: ``total`` is the size of the whole file, None where it does not tell.

    ``stamp`` changes when the file does: its ETag, else its time, else empty. ``is_page``: it is HTML.
    """

    status: int
    data: bytes
    total: int | None
    stamp: str
    is_page: bool


def unreachable(name: str, message: str, hint: str) -> SourceError:
    """The error for a host that does not give what the store needs."""
    return SourceError(Problem(code="source.unreachable", path=name, message=message, hint=hint))


class Host:
    """The host of one store; may be used by several threads at once. One that has failed is not asked again."""

    def __init__(self, address: Address) -> None:
        self._store = str(address)
        self._base = address.public_url
        self._given_up: SourceError | None = None
        parts = urlsplit(self._base)
        self.name = parts.netloc
        retry = urllib3.Retry(
            total=_TRIES - 1,
            redirect=False,
            status_forcelist=_AGAIN,
            backoff_factor=_BACKOFF_S,
            raise_on_status=False,
            respect_retry_after_header=False,
        )
        options = {
            "retries": retry,
            "timeout": urllib3.Timeout(connect=_CONNECT_S, read=_READ_S),
            "maxsize": _CONNECTIONS,
            "headers": {"User-Agent": "publisher", "Accept-Encoding": "identity"},
        }
        self._pool = _pool(parts.scheme, parts.hostname or "", options)

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    def get(self, key: str, start: int | None = None, count: int = 0, *, most: int = 0) -> Answer:
        """The file at ``key``: all of it up to ``most`` bytes, or ``count`` bytes from ``start``.

        Raises SourceError for a host that cannot be reached, keeps failing, or sends us elsewhere.
        """
        if self._given_up is not None:
            raise self._given_up
        url = f"{self._base}/{quote(key)}"
        headers = {} if start is None else {"Range": f"bytes={start}-{start + count - 1}"}
        for _ in range(_MOST_REDIRECTS + 1):
            response = self._ask(url, headers)
            if response.status not in _REDIRECTS:
                return self._answer(key, response, most or count, whole=start is None)
            response.drain_conn()
            url = self._followed(url, response)
        raise unreachable(self._store, f"{self.name} redirects {key} without end", "name the store's own address")

    def _ask(self, url: str, headers: dict[str, str]) -> "urllib3.BaseHTTPResponse":
        try:
            merged = {"User-Agent": "publisher", "Accept-Encoding": "identity", **headers}
            response = self._pool.request("GET", url, headers=merged, redirect=False, preload_content=False)
        except MaxRetryError as error:
            raise self._failed(str(error.reason or error)) from error
        except HTTPError as error:
            raise self._failed(str(error)) from error
        if response.status in _AGAIN:
            response.drain_conn()
            raise self._failed(f"it answers {response.status}")
        return response

    def _answer(self, key: str, response: "urllib3.BaseHTTPResponse", most: int, *, whole: bool) -> Answer:
        sound = response.status in (200, 206)
        try:
            # One more than may be, so that more is seen; nothing is read of what is no answer.
            data = response.read(most + 1, decode_content=True) if sound else b""
        except HTTPError as error:
            raise self._failed(f"{key} breaks off: {error}") from error
        finally:
            if sound and response.length_remaining:
                response.close()
            else:
                response.drain_conn()
        if len(data) > most and whole:
            message = f"{key} has more than {most} bytes, the most that is read"
            raise damaged(self._store, message, code="source.too-large")
        headers = response.headers
        return Answer(
            status=response.status,
            data=data[:most],
            total=_total(response, len(data), most),
            stamp=headers.get("ETag") or headers.get("Last-Modified") or "",
            is_page=headers.get("Content-Type", "").startswith("text/html"),
        )

    def _followed(self, url: str, response: "urllib3.BaseHTTPResponse") -> str:
        """Where a redirect leads, if that is the same host, by the same protocol or a safer one."""
        target = urljoin(url, response.headers.get("Location", ""))
        old, new = urlsplit(url), urlsplit(target)
        region = response.headers.get("x-amz-bucket-region")
        if region:
            hint = f"set `endpoint: https://s3.{region}.amazonaws.com` on the image"
            raise unreachable(self._store, f"the bucket is in the region {region}", hint)
        same = (old.hostname, old.port) == (new.hostname, new.port) and old.scheme == new.scheme
        safer = old.hostname == new.hostname and (old.scheme, new.scheme) == ("http", "https") and not new.port
        if not (same or safer):
            message = f"{self.name} sends us elsewhere, to {new.scheme}://{new.netloc}"
            raise unreachable(self._store, message, "a store may not lead elsewhere: name the address where it is")
        return target

    def _failed(self, why: str) -> SourceError:
        message = f"{self.name} could not be read in {_TRIES} tries: {why}"
        hint = "check the address and the network, and build again later"
        self._given_up = unreachable(self._store, message, hint)
        return self._given_up


def _pool(scheme: str, host: str, options: dict[str, object]) -> urllib3.PoolManager:
    """Connections, through the proxy of the environment if it has one for this host."""
    proxy = None if proxy_bypass(host) else getproxies().get(scheme)
    if proxy:
        return urllib3.ProxyManager(proxy, **options)  # type: ignore[arg-type]  # one set of options for both kinds
    return urllib3.PoolManager(**options)  # type: ignore[arg-type]  # as above


def _total(response: "urllib3.BaseHTTPResponse", read: int, most: int) -> int | None:
    """Size of the whole file: "Content-Range: bytes 0-99/1234", else what there was, if that was all."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        return read if response.status == 200 and read <= most else None  # lengths are those of the packed bytes
    if response.status == 206:
        total = response.headers.get("Content-Range", "").rpartition("/")[2]
        return int(total) if total.isascii() and total.isdecimal() and len(total) < 20 else None
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 20 else read
