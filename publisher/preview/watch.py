"""Rebuild when the site's files change, and tell open pages."""

import threading
from collections.abc import Callable
from pathlib import Path

import watchfiles

from publisher.preview.reload import Reloads

_DEBOUNCE_MS = 400
"""Changes closer together than this are one: editors and `git checkout` write many files."""
_STEP_MS = 60
_LOOK_AT_STOP_MS = 500


class SiteFilter(watchfiles.DefaultFilter):
    """Lets changes of a site's input through: no output, no ledger, no editor's own files."""

    def __init__(self, ignored: tuple[Path, ...]) -> None:
        super().__init__(
            ignore_dirs=(*watchfiles.DefaultFilter.ignore_dirs, ".publisher"), ignore_paths=tuple(map(str, ignored))
        )


def watch(
    folders: tuple[Path, ...],
    rebuild: Callable[[frozenset[Path]], bool],
    reloads: Reloads,
    *,
    ignored: tuple[Path, ...] = (),
    stop: threading.Event | None = None,
) -> None:
    """Call ``rebuild`` after each burst of changes below ``folders``, until ``stop`` is set.

    Parameters
    ----------
    folders: files or folders of the site's input; those that do not exist are left out.
    rebuild: given the changed paths, brings the output up to date and says whether it changed; it reports
        its own problems, and one fault must not end it. Runs in the calling thread, never twice at once.
    reloads: told after each rebuild that changed something.
    ignored: folders never looked at: the output.
    """
    present = tuple(folder for folder in folders if folder.exists())
    ignored = tuple(path.resolve() for path in ignored)
    for changes in watchfiles.watch(
        *(folder.resolve() for folder in present),
        watch_filter=SiteFilter(ignored),
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        rust_timeout=_LOOK_AT_STOP_MS,
        stop_event=stop or threading.Event(),
        raise_interrupt=False,
    ):
        if rebuild(frozenset(Path(path) for _, path in changes)):
            reloads.announce()


def watch_in_background(
    folders: tuple[Path, ...],
    rebuild: Callable[[frozenset[Path]], bool],
    reloads: Reloads,
    *,
    ignored: tuple[Path, ...] = (),
) -> Callable[[], None]:
    """Run `watch` in a thread of its own; returns the function that stops it and waits for its end."""
    stop = threading.Event()
    thread = threading.Thread(
        target=watch, args=(folders, rebuild, reloads), kwargs={"ignored": ignored, "stop": stop}, daemon=True
    )
    thread.start()

    def stop_watching() -> None:
        stop.set()
        thread.join()

    return stop_watching
