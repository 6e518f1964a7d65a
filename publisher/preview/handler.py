"""One HTTP/1.1 request answered as a good static host would: Range, HEAD, CORS, validators, 404 pages."""

import email.utils
import os
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, BinaryIO, ClassVar
from urllib.parse import urlsplit

from publisher import __version__
from publisher.media_types import is_text, media_type
from publisher.preview.byte_range import ByteRange, UnsatisfiableRangeError, requested_range
from publisher.preview.conditions import Validators, is_range_current, precondition_status
from publisher.preview.reload import EVENTS_PATH, SCRIPT, SCRIPT_PATH, with_script
from publisher.preview.site_files import FoundFile, MovedTo

if TYPE_CHECKING:
    from publisher.preview.server import PreviewServer

_METHODS = "GET, HEAD, OPTIONS"
_CORS = (
    # Readers in a browser come from another origin (vizarr, neuroglancer), and must see lengths and ranges.
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "Content-Range, Content-Length, ETag, Accept-Ranges, Last-Modified"),
)
_PREFLIGHT = (
    ("Access-Control-Allow-Methods", _METHODS),
    # A suffix range (bytes=-N), which sharded Zarr wants, is not on the CORS safe list.
    ("Access-Control-Allow-Headers", "Range, If-None-Match, If-Modified-Since, If-Match, If-Range, Cache-Control"),
    ("Access-Control-Max-Age", "600"),
)
_HTML = "text/html"


class PreviewHandler(BaseHTTPRequestHandler):
    """Answers the requests of one connection; all it serves it asks of ``server.files``."""

    server: "PreviewServer"
    protocol_version = "HTTP/1.1"
    server_version = f"publisher/{__version__}"
    sys_version = ""
    timeout: ClassVar[float] = 120
    disable_nagle_algorithm = True  # head and body are two writes: with Nagle each answer waits 40 ms
    error_message_format = "%(code)d %(message)s\n"
    error_content_type = "text/plain; charset=utf-8"

    def do_GET(self) -> None:
        """Send a file, a part of it, an event stream, or say why not."""
        self._answer()

    def do_HEAD(self) -> None:
        """As GET, without the body; Content-Length is the true size, which suffix reads rely on."""
        self._answer()

    def do_OPTIONS(self) -> None:
        """Answer a CORS preflight; private network access is granted, so that public viewers may read this machine."""
        fields = dict(_PREFLIGHT)
        if self.headers.get("Access-Control-Request-Private-Network") == "true":
            fields["Access-Control-Allow-Private-Network"] = "true"
        self._head(HTTPStatus.NO_CONTENT, {**fields, "Allow": _METHODS})

    def __getattr__(self, name: str) -> object:
        # http.server looks a method up as do_<METHOD>; every method we do not know is one answer.
        if name.startswith("do_"):
            return self._refuse_method
        raise AttributeError(name)

    def _refuse_method(self) -> None:
        self.close_connection = True  # an unread body would be taken for the next request
        self._text(HTTPStatus.METHOD_NOT_ALLOWED, f"this server answers {_METHODS}", {"Allow": _METHODS})

    def _answer(self) -> None:
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = True
        try:
            target = urlsplit(self.path)  # the absolute form, http://host/path, is allowed to anyone (RFC 9112, 3.2.2)
        except ValueError:
            self._text(HTTPStatus.BAD_REQUEST, "the request names no path")
            return
        if self.server.reloads and target.path == EVENTS_PATH:
            self._stream_events()
        elif self.server.reloads and target.path == SCRIPT_PATH:
            self._bytes(HTTPStatus.OK, SCRIPT, "text/javascript; charset=utf-8")
        else:
            self._answer_file(target.path, target.query)

    def _answer_file(self, path: str, query: str) -> None:
        found = self.server.files.find(path)
        if isinstance(found, FoundFile):
            try:
                self._send_found(found)
            except FileNotFoundError:  # replaced by a rebuild between finding and opening
                self._not_found(path)
        elif isinstance(found, MovedTo):
            # Not 301: browsers keep that, and the next site on this port may differ.
            location = found.location + (f"?{query}" if query else "")
            self._text(HTTPStatus.FOUND, "see " + location, {"Location": location})
        else:
            self._not_found(path)

    def _not_found(self, path: str) -> None:
        page = self.server.files.not_found_page()
        wants_page = path.endswith(("/", ".html")) or _HTML in self.headers.get("Accept", "")
        if page is not None and wants_page:
            self._bytes(HTTPStatus.NOT_FOUND, self._page(page.read_bytes()), f"{_HTML}; charset=utf-8")
        else:
            self._text(HTTPStatus.NOT_FOUND, "no such file in this site")

    def _send_found(self, found: FoundFile) -> None:
        with found.path.open("rb") as file:
            status = os.fstat(file.fileno())
            media = media_type(found.path.name)
            reloads = self.server.reloads if media == _HTML else None
            validators = Validators.of(status, variant=f"-{reloads.generation}" if reloads else "")
            fields = _file_fields(media, validators)
            refused = precondition_status(self.headers, validators)
            if refused is HTTPStatus.NOT_MODIFIED:
                self._head(refused, fields)
            elif refused is not None:
                self._text(refused, "the file is not in the state the request names", {"ETag": validators.etag})
            elif validators.variant:
                self._bytes(HTTPStatus.OK, self._page(file.read()), fields.pop("Content-Type"), fields)
            else:
                self._send_part(self._part(status.st_size, validators), status.st_size, fields, file)

    def _part(self, size: int, validators: Validators) -> ByteRange | HTTPStatus | None:
        # "A server MUST ignore a Range header field received with a request method that is unrecognized or for
        # which range handling is not defined"; GET is the only one (RFC 9110, 14.2).
        if self.command != "GET" or not is_range_current(self.headers, validators):
            return None
        try:
            return requested_range(self.headers.get("Range"), size)
        except UnsatisfiableRangeError:
            return HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE

    def _send_part(
        self, part: ByteRange | HTTPStatus | None, size: int, fields: dict[str, str], file: BinaryIO
    ) -> None:
        if isinstance(part, HTTPStatus):
            self._text(part, f"the file has {size} bytes", {"Content-Range": f"bytes */{size}"})
            return
        start, length = (part.start, part.length) if part else (0, size)
        if part:
            fields["Content-Range"] = part.content_range(size)
        fields["Content-Length"] = str(length)
        self._head(HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK, fields)
        if self.command == "GET" and length:
            sent = self.connection.sendfile(file, start, length)
            if sent != length:  # the file shrank: the client must not wait for the rest
                self.close_connection = True

    def _page(self, html: bytes) -> bytes:
        return with_script(html, self.server.reloads.generation) if self.server.reloads else html

    def _stream_events(self) -> None:
        self.close_connection = True  # a stream has no length: its end is the end of the connection
        self._head(HTTPStatus.OK, {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}, length=None)
        if self.command == "HEAD" or self.server.reloads is None:
            return
        for event in self.server.reloads.events():
            self.wfile.write(event)

    def _text(self, status: HTTPStatus, text: str, fields: Mapping[str, str] | None = None) -> None:
        self._bytes(status, f"{text}\n".encode(), "text/plain; charset=utf-8", fields)

    def _bytes(self, status: HTTPStatus, body: bytes, media: str, fields: Mapping[str, str] | None = None) -> None:
        self._head(status, {"Content-Type": media, **(fields or {})}, length=len(body))
        if self.command != "HEAD":
            self.wfile.write(body)

    def _head(self, status: HTTPStatus, fields: Mapping[str, str], *, length: int | None = None) -> None:
        self.send_response(status)
        own = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", **dict(_CORS), **fields}
        if length is not None:
            own["Content-Length"] = str(length)
        if self.close_connection:
            own["Connection"] = "close"
        for name, value in own.items():
            self.send_header(name, value)
        self.end_headers()

    def handle_one_request(self) -> None:
        """As in http.server; a visitor who leaves in the middle of an answer is no error."""
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Hand one line to whoever listens, control characters escaped: a request may hold anything."""
        if self.server.on_request:
            status = int(code) if isinstance(code, int) else code
            line = f"{status} {self.command} {self.path}"
            self.server.on_request(line.encode("unicode_escape").decode("ascii"))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - name given by http.server
        """Errors are answered, not logged: what a visitor sends is no fault of the site."""


def _file_fields(media: str, validators: Validators) -> dict[str, str]:
    return {
        "Content-Type": f"{media}; charset=utf-8" if is_text(media) else media,
        "Accept-Ranges": "bytes",
        "ETag": validators.etag,
        "Last-Modified": email.utils.formatdate(validators.modified_s, usegmt=True),
    }
