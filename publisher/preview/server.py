"""The preview server: a folder of files over HTTP, on this machine only unless told otherwise."""

import errno
import os
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from publisher.errors import Problem, PublisherError
from publisher.preview.handler import PreviewHandler
from publisher.preview.reload import Reloads
from publisher.preview.site_files import SiteFiles

LOOPBACK = "127.0.0.1"
FIRST_PORT = 8000
_PORTS_TRIED = 20
_ANY_HOST = {"0.0.0.0": LOOPBACK, "::": "::1"}  # how an address that means "all" is shown; nothing is bound here


class PreviewServer(ThreadingHTTPServer):
    """A bound server, one thread a connection; nothing is answered before `serve_forever` runs."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = (
        os.name != "nt"
    )  # elsewhere it only skips TIME_WAIT; on Windows it takes a port that is in use
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        files: SiteFiles,
        *,
        reloads: Reloads | None = None,
        on_request: Callable[[str], None] | None = None,
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.files = files
        self.reloads = reloads
        self.on_request = on_request
        super().__init__(address, PreviewHandler)

    @property
    def url(self) -> str:
        """Address of the front page."""
        host = str(self.server_address[0])
        shown = _ANY_HOST.get(host, host)
        return f"http://{f'[{shown}]' if ':' in shown else shown}:{self.server_port}{self.files.base_path}"

    def server_bind(self) -> None:
        """Bind without asking for the machine's name, as http.server does: that may go to the network."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a visitor go who left; anything else is a bug and shows itself."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        """Let the port go and end the event streams."""
        if self.reloads:
            self.reloads.close()
        super().server_close()


def open_server(
    folder: Path,
    *,
    host: str = LOOPBACK,
    port: int | None = None,
    base_path: str = "/",
    reloads: Reloads | None = None,
    on_request: Callable[[str], None] | None = None,
) -> PreviewServer:
    """Bind a server of the files in ``folder``.

    Parameters
    ----------
    host: name or address to bind to; loopback unless the caller says otherwise.
    port: exactly this port (0: any free one); None takes the first free one from 8000 on.
    base_path: where the site lives on its host, ``/`` or ``/name/``; links and the 404 page behave as there.
    reloads: whose announcements reach open pages; with it HTML pages carry the listening script.
    on_request: called with one line for each answer.
    """
    if not folder.is_dir():
        raise PublisherError(_no_site(folder))
    files = SiteFiles(folder.resolve(), base_path)
    ports = range(FIRST_PORT, FIRST_PORT + _PORTS_TRIED) if port is None else (port,)
    for candidate in ports:
        try:
            return PreviewServer((host, candidate), files, reloads=reloads, on_request=on_request)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or candidate == ports[-1]:
                raise PublisherError(_cannot_bind(host, candidate, error)) from error
    raise AssertionError("the last port either binds or raises")


def serve(
    folder: Path,
    *,
    host: str = LOOPBACK,
    port: int | None = None,
    base_path: str = "/",
    reloads: Reloads | None = None,
    on_ready: Callable[[str], None] | None = None,
    on_request: Callable[[str], None] | None = None,
) -> None:
    """Serve ``folder`` as `open_server` binds it, until interrupted; ``on_ready`` is called with the address."""
    with open_server(
        folder, host=host, port=port, base_path=base_path, reloads=reloads, on_request=on_request
    ) as server:
        if on_ready:
            on_ready(server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


@contextmanager
def serving(folder: Path, *, base_path: str = "/", reloads: Reloads | None = None) -> Iterator[str]:
    """Serve ``folder`` on a free loopback port while the block runs; yields the address of the front page."""
    with open_server(folder, port=0, base_path=base_path, reloads=reloads) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()


def _no_site(folder: Path) -> Problem:
    return Problem(
        code="serve.no-site",
        path=str(folder),
        message="there is no such folder, so there is nothing to serve",
        hint="run `publisher build` first",
    )


def _cannot_bind(host: str, port: int, error: OSError) -> Problem:
    return Problem(
        code="serve.port-taken" if error.errno == errno.EADDRINUSE else "serve.cannot-listen",
        message=f"cannot listen on {host}:{port}: {error.strerror or error}",
        hint="name another port with --port, or 0 for any free one",
    )
