"""Telling open pages that the site was rebuilt: server-sent events, and the script that listens.

The script is a file of the server's own, not inline, so the pages' Content-Security-Policy
(``script-src 'self'; connect-src 'self'``) lets it run; the files on disk are never touched.
"""

import threading
from collections.abc import Iterator

EVENTS_PATH = "/__reload"
SCRIPT_PATH = "/__reload.js"
SCRIPT = b"""// Reloads this page when the site was rebuilt; part of the preview server, not of the site.
// The page was sent with the number of its build; a hidden page lets its connection go: browsers grant only six.
let build = new URL(document.currentScript.src).search.slice(1);
let stream;
const listen = () => {
  stream = new EventSource("/__reload");
  stream.onmessage = (event) => {
    if (event.data !== build) location.reload();
    build = event.data;
  };
};
document.addEventListener("visibilitychange", () => {
  stream?.close();
  if (!document.hidden) listen();
});
if (!document.hidden) listen();
"""
_QUIET_S = 15.0


class Reloads:
    """Counts rebuilds; every open page waits for the next one. Owned by a server, used by its threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._generation = 0
        self._closed = False

    @property
    def generation(self) -> int:
        """Number of the present build, counted from 0 as the server starts."""
        return self._generation

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
        """The stream of one page: the number of each build, the present one first.

        A comment every ``quiet_s`` seconds finds pages that are gone.
        """
        seen = self._generation
        yield b"retry: 1000\ndata: %d\n\n" % seen
        while (now := self._next_generation(seen, quiet_s)) is not None:
            yield b":\n\n" if now == seen else b"data: %d\n\n" % now
            seen = now

    def _next_generation(self, seen: int, quiet_s: float) -> int | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._generation != seen, quiet_s)
            return None if self._closed else self._generation


def with_script(page: bytes, generation: int) -> bytes:
    """An HTML page with the listening script at the end of its head (or at its end, if it has no head)."""
    tag = b'<script src="%s?%d" defer></script>' % (SCRIPT_PATH.encode(), generation)
    head, end, rest = page.partition(b"</head>")
    return head + tag + end + rest if end else page + tag
