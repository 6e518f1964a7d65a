"""Objects below a URL: the buckets of S3, Google and Azure, and every place that fsspec knows. The door of obstore.

Only what sending files needs. Credentials come from the environment (AWS_ACCESS_KEY_ID and its like), a profile
of ~/.aws, or the machine's role, never from a URL; no message repeats them.
"""

import configparser
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlsplit

from publisher.errors import DeployError, Problem
from publisher.media_types import media_type

if TYPE_CHECKING:
    from obstore.store import ObjectStore as Bucket

T = TypeVar("T")

_BUCKETS = ("s3", "s3a", "gs", "az", "abfs", "abfss", "adl", "azure")
_PART_BYTES = 8 << 20
_MOST_PARTS = 9_000
"""S3 takes 10,000 parts of one object."""
_PARTS_AT_ONCE = 2
_FIRST_PAUSE_S = 0.5
_RETRY_S = 120
_INSTALL = "pip install 'ome-publisher[remote]'"


class ObjectStore(Protocol):
    """Files by key below one URL; safe from several threads. Every method raises DeployError."""

    url: str

    def put(self, key: str, source: Path) -> None:
        """Store a file's bytes at ``key``; readers see the old object or the new one, never a part."""

    def size(self, key: str) -> int | None:
        """Bytes of the object at ``key``; None when there is none."""

    def sizes_below(self, folder: str) -> dict[str, int]:
        """Bytes of every object below ``folder``, by key."""

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; those that are gone already are no fault."""


def open_store(url: str) -> ObjectStore:
    """The store at ``url``: s3://bucket/prefix, gs://, az://, file://, or any other that fsspec can write to."""
    parts = urlsplit(url)
    if parts.username or parts.password or parts.query:
        address = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
        hint = "take them out, and set them as environment variables (AWS_ACCESS_KEY_ID, ...)"
        message = "the address holds a user, a password or parameters; secrets do not belong in files"
        raise DeployError(Problem(code="objects.bad-url", path=address, message=message, hint=hint))
    if parts.scheme in ("http", "https", ""):
        message = "is not the address of a store that can be written to"
        hint = "write s3://bucket/prefix, and name your own S3 server by the environment variable AWS_ENDPOINT_URL"
        raise DeployError(Problem(code="objects.bad-url", path=url, message=message, hint=hint))
    return _BucketStore(url) if parts.scheme in (*_BUCKETS, "file") else _FsspecStore(url)


class _BucketStore:
    """By obstore: streams large files in parts, and tries again with growing pauses what a server drops."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        try:
            # Late: an optional dependency, for those who send to a store.
            import obstore
            from obstore import store as stores
        except ImportError as error:
            raise DeployError(_not_installed(self.url, "obstore")) from error
        self._obstore = obstore
        self._takes_types = not url.startswith("file:")
        self._bucket: Bucket = self._guarded("", lambda: _bucket(stores, self.url))

    def put(self, key: str, source: Path) -> None:
        """Store a file's bytes at ``key``."""
        size = source.stat().st_size
        attributes = {"Content-Type": media_type(key.rpartition("/")[2])} if self._takes_types else None
        chunk = max(_PART_BYTES, -(-size // _MOST_PARTS))

        def send() -> None:
            self._obstore.put(
                self._bucket,
                key,
                source,
                attributes=attributes,
                use_multipart=size > chunk,
                chunk_size=chunk,
                max_concurrency=_PARTS_AT_ONCE,
            )

        self._guarded(key, send)

    def size(self, key: str) -> int | None:
        """Bytes of the object at ``key``; None when there is none."""
        try:
            return int(self._guarded(key, lambda: self._obstore.head(self._bucket, key))["size"])
        except FileNotFoundError:
            return None

    def sizes_below(self, folder: str) -> dict[str, int]:
        """Bytes of every object below ``folder``, by key."""
        found = self._guarded(folder, lambda: self._obstore.list(self._bucket, prefix=folder).collect())
        return {meta["path"]: meta["size"] for meta in found}

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; those that are gone already are no fault."""
        for start in range(0, len(keys), 1000):
            batch = list(keys[start : start + 1000])
            try:
                self._guarded(batch[0], lambda batch=batch: self._obstore.delete(self._bucket, batch))  # type: ignore[misc]  # mypy cannot infer a lambda's default
            except FileNotFoundError:  # only the local store tells; each is then deleted alone
                self._delete_each(batch)

    def _delete_each(self, keys: Sequence[str]) -> None:
        for key in keys:
            try:
                self._guarded(key, lambda key=key: self._obstore.delete(self._bucket, key))  # type: ignore[misc]  # as above
            except FileNotFoundError:
                continue

    def _guarded(self, key: str, action: Callable[[], T]) -> T:
        """``action`` with obstore's errors as ours; FileNotFoundError of a missing object passes."""
        from obstore import exceptions  # late, as above

        for pause in _pauses(2):  # obstore has tried several times itself
            try:
                return action()
            except FileNotFoundError as error:
                if "NoSuchBucket" in str(error):
                    raise DeployError(_no_place(self.url)) from error
                raise
            except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
                raise DeployError(_refused(self.url, key, error)) from error
            except (exceptions.BaseError, OSError, ValueError, NotImplementedError) as error:
                if "NoSuchBucket" in str(error):
                    raise DeployError(_no_place(self.url)) from error
                if pause is None or not isinstance(error, exceptions.GenericError):
                    raise DeployError(_failed(self.url, key, error)) from error
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")


class _FsspecStore:
    """By fsspec: whatever file system is installed for the scheme."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        try:
            # Late: an optional dependency, as the file systems behind it are.
            import fsspec
        except ImportError as error:
            raise DeployError(_not_installed(self.url, "fsspec")) from error
        try:
            self._files, self._root = fsspec.core.url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            message = f"no installed library writes to such addresses: {_first_line(error)}"
            hint = "install the one that the message names, or mend the address"
            raise DeployError(Problem(code="objects.bad-url", path=self.url, message=message, hint=hint)) from error

    def put(self, key: str, source: Path) -> None:
        """Store a file's bytes at ``key``."""
        place = self._place(key)

        def send() -> None:
            self._files.makedirs(place.rpartition("/")[0], exist_ok=True)
            self._files.put_file(str(source), place)

        self._guarded(key, send)

    def size(self, key: str) -> int | None:
        """Bytes of the object at ``key``; None when there is none."""
        try:
            return int(self._guarded(key, lambda: self._files.size(self._place(key))))
        except FileNotFoundError:
            return None

    def sizes_below(self, folder: str) -> dict[str, int]:
        """Bytes of every object below ``folder``, by key."""
        self._files.invalidate_cache()
        found = self._guarded(folder, lambda: self._files.find(self._place(folder), detail=True))
        start = len(self._files._strip_protocol(self._root)) + 1
        return {name[start:]: info["size"] for name, info in found.items()}

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; those that are gone already are no fault."""
        for key in keys:
            try:
                self._guarded(key, lambda key=key: self._files.rm_file(self._place(key)))  # type: ignore[misc]  # as above
            except FileNotFoundError:
                continue

    def _place(self, key: str) -> str:
        return f"{self._root.rstrip('/')}/{key}"

    def _guarded(self, key: str, action: Callable[[], T]) -> T:
        """``action`` with errors as ours; FileNotFoundError of a missing object passes."""
        for pause in _pauses(5):
            try:
                return action()
            except FileNotFoundError:
                raise
            except PermissionError as error:
                raise DeployError(_refused(self.url, key, error)) from error
            except Exception as error:  # each file system raises its own kinds; the cause is kept
                if pause is None:
                    raise DeployError(_failed(self.url, key, error)) from error
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")


def _pauses(attempts: int) -> list[float | None]:
    """Seconds to wait after each failed attempt; None after the last."""
    return [*(_FIRST_PAUSE_S * 2**number for number in range(attempts - 1)), None]


def _bucket(stores: Any, url: str) -> "Bucket":
    retry = {"max_retries": 8, "retry_timeout": timedelta(seconds=_RETRY_S)}
    options: dict[str, Any] = {"mkdir": True}
    if not url.startswith("file:"):
        settings = s3_settings(os.environ, Path.home()) if url.startswith("s3") else {}
        client = {"allow_http": settings.get("endpoint", "").startswith("http://")}
        options = {"client_options": client, "retry_config": retry, **settings}
    bucket: Bucket = stores.from_url(url, **options)
    return bucket


def s3_settings(environment: Mapping[str, str], home: Path) -> dict[str, str]:
    """What a profile of ~/.aws (AWS_PROFILE, else "default") says that the environment does not.

    Keys, session token, region and endpoint; the environment wins. An SSO or role profile has no keys to read:
    then the machine's own role is asked.
    """
    profile = environment.get("AWS_PROFILE", "default")
    folder = home / ".aws"
    found: dict[str, str] = {}
    for variable, file, sections in (
        ("AWS_CONFIG_FILE", "config", (f"profile {profile}", profile)),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials", (profile,)),
    ):
        parser = configparser.RawConfigParser()
        parser.read(environment.get(variable) or folder / file, encoding="utf-8")
        for section in sections:
            if parser.has_section(section):
                found |= dict(parser.items(section))
    settings = {}
    for option, name, variables in (
        ("region", "region", ("AWS_REGION", "AWS_DEFAULT_REGION")),
        ("endpoint", "endpoint_url", ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")),
    ):
        value = next((environment[each] for each in variables if environment.get(each)), found.get(name))
        if value:
            settings[option] = value
    if not environment.get("AWS_ACCESS_KEY_ID") and "aws_access_key_id" in found:
        keys = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        settings |= {key: found[key] for key in keys if key in found}
    return settings


# Problems


def _shown(url: str, key: str) -> str:
    return f"{url}/{key}" if key else url


def _first_line(error: BaseException) -> str:
    """What an error says in one line; of an XML answer, which may repeat the key's id, only code and message."""
    text = str(error) or type(error).__name__
    answer = re.findall(r"<(?:Code|Message)>([^<]*)<", text)
    line = text.strip().splitlines()[0].partition("<?xml")[0].partition("<Error")[0].rstrip(": ")
    return ": ".join([line[:300], *answer])


def _not_installed(url: str, library: str) -> Problem:
    return Problem(
        code="objects.needs-extra", path=url, message=f"needs {library}, which is not installed", hint=_INSTALL
    )


def _no_place(url: str) -> Problem:
    hint = "make the bucket, or mend build.data_store; for another S3 than Amazon's set AWS_ENDPOINT_URL"
    return Problem(code="objects.no-place", path=url, message="there is no such bucket", hint=hint)


def _refused(url: str, key: str, error: BaseException) -> Problem:
    hint = "check the keys in the environment (AWS_ACCESS_KEY_ID, ...) or the profile (AWS_PROFILE), and that they may "
    message = f"the store refuses: {_first_line(error)}"
    return Problem(
        code="objects.refused", path=_shown(url, key), message=message, hint=hint + "list, write and delete there"
    )


def _failed(url: str, key: str, error: BaseException) -> Problem:
    message = f"the store could not be used: {_first_line(error)}"
    hint = "check address and network, and run the command again: it goes on where it stopped"
    return Problem(code="objects.failed", path=_shown(url, key), message=message, hint=hint)
