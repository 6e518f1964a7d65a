"""Hosts of Zarr stores on this computer: sound ones, and ones with a fault."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread


class FaultyHost:
    """Serves the files of ``folder``; ``fault`` may answer first, and then returns True. ``asked`` lists requests."""

    def __init__(self, folder: Path, fault: "Callable[[BaseHTTPRequestHandler, str], bool]", *, ranges: bool) -> None:
        self.folder, self.fault, self.ranges = folder, fault, ranges
        self.asked: list[str] = []
        self.url = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.lstrip("/")
        self.asked.append(path)
        if self.fault(request, path):
            return
        file = self.folder / path
        if not file.is_file():
            reply(request, 404)
            return
        data = file.read_bytes()
        wanted = request.headers.get("Range", "")
        if not (self.ranges and wanted.startswith("bytes=")):
            reply(request, 200, data, ETag=f'"{hash(data)}"')
            return
        start, _, end = wanted.removeprefix("bytes=").partition("-")
        part = data[int(start) : int(end) + 1]
        span = f"bytes {start}-{int(start) + len(part) - 1}/{len(data)}"
        reply(request, 206, part, ETag=f'"{hash(data)}"', **{"Content-Range": span})


def reply(request: BaseHTTPRequestHandler, status: int, data: bytes = b"", **headers: str) -> bool:
    """Answer, with the length of what is sent."""
    request.send_response(status)
    for name, value in ({"Content-Length": str(len(data))} | headers).items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(data)
    return True


@contextmanager
def host(
    folder: Path,
    fault: Callable[[BaseHTTPRequestHandler, str], bool] = lambda request, path: False,
    *,
    ranges: bool = True,
) -> Iterator[FaultyHost]:
    """Serve ``folder`` while the block runs."""
    faulty = FaultyHost(folder, fault, ranges=ranges)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            faulty.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    faulty.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield faulty
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
