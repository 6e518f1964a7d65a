"""Telling open pages that the site was rebuilt: server-sent events, and the script that listens.

The script is a file of the server's own, not inline, so the pages' Content-Security-Policy
(``script-src 'self'; connect-src 'self'``) lets it run; the files on disk are never touched.
"""

import threading
from collections.abc import Iterator

EVENTS_PATH = "/__reload"
SCRIPT_PATH = "/__reload.js"
SCRIPT = b"""// Reloads this page when the site was rebuilt; part of the preview server, not of the site.
new EventSource("/__reload").addEventListener("rebuilt", () => location.reload());
"""
_TAG = b'<script src="/__reload.js" defer></script>'
_QUIET_S = 15.0


class Reloads:
    """Counts rebuilds; every open page waits for the next one. Owned by a server, used by its threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._generation = 0
        self._closed = False

    def announce(self) -> None:
        """Tell every open page to load itself again."""
        with self._changed:
            self._generation += 1
            self._changed.notify_all()

    def close(self) -> None:
        """End all event streams."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def events(self, *, quiet_s: float = _QUIET_S) -> Iterator[bytes]:
        """The stream of one page: an event for each rebuild, a comment every ``quiet_s`` seconds to find dead pages."""
        seen = self._generation
        yield b"retry: 1000\n\n"
        while (now := self._next_generation(seen, quiet_s)) is not None:
            yield b":\n\n" if now == seen else b"event: rebuilt\ndata:\n\n"
            seen = now

    def _next_generation(self, seen: int, quiet_s: float) -> int | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._generation != seen, quiet_s)
            return None if self._closed else self._generation


def with_script(html: bytes) -> bytes:
    """An HTML page with the listening script at the end of its head (or at its end, if it has no head)."""
    head, end, rest = html.partition(b"</head>")
    return head + _TAG + end + rest if end else html + _TAG
