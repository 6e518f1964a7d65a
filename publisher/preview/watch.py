"""Rebuild when the site's files change, and tell open pages."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

import watchfiles

from publisher.errors import Problem, PublisherError
from publisher.preview.reload import Reloads

_DEBOUNCE_MS = 400
"""Changes closer together than this are one: editors and `git checkout` write many files."""
_STEP_MS = 60
_LOOK_AT_STOP_MS = 500


class FolderFilter(watchfiles.DefaultFilter):
    """Lets changes of a site's input through: no output, no ledger, no editor's own files."""

    def __init__(self, ignored: tuple[Path, ...]) -> None:
        super().__init__(
            ignore_dirs=(*watchfiles.DefaultFilter.ignore_dirs, ".publisher"), ignore_paths=tuple(map(str, ignored))
        )


class FileFilter(watchfiles.BaseFilter):
    """Lets changes of these files through, and nothing else of their folders."""

    def __init__(self, files: tuple[Path, ...]) -> None:
        self._names = frozenset(map(str, files))

    def __call__(self, change: watchfiles.Change, path: str) -> bool:
        """Whether this change is one of theirs."""
        return path in self._names


_Burst = frozenset[Path] | OSError


@dataclass(frozen=True, slots=True)
class _Watcher:
    """One stream of changes from the operating system."""

    folders: tuple[Path, ...]
    filter: watchfiles.BaseFilter
    recursive: bool

    def feed(self, bursts: SimpleQueue[_Burst], stop: threading.Event) -> None:
        """Put each burst of changes into ``bursts`` until ``stop``; a failure of the system, too."""
        try:
            for changes in watchfiles.watch(
                *self.folders,
                watch_filter=self.filter,
                debounce=_DEBOUNCE_MS,
                step=_STEP_MS,
                rust_timeout=_LOOK_AT_STOP_MS,
                stop_event=stop,
                recursive=self.recursive,
                raise_interrupt=False,
            ):
                bursts.put(frozenset(Path(path) for _, path in changes))
        except OSError as error:
            bursts.put(error)


def watch(
    paths: tuple[Path, ...],
    rebuild: Callable[[frozenset[Path]], bool],
    reloads: Reloads,
    *,
    ignored: tuple[Path, ...] = (),
    stop: threading.Event | None = None,
) -> None:
    """Call ``rebuild`` after each burst of changes of ``paths``, until ``stop`` is set.

    Parameters
    ----------
    paths: files and folders of the site's input; those that do not exist are left out.
    rebuild: given the changed paths, brings the output up to date and says whether it changed; it reports
        its own problems, and one fault must not end it. Runs in the calling thread, never twice at once.
    reloads: told after each rebuild that changed something.
    ignored: folders never looked at: the output.

    Raises PublisherError when the system grants no (more) watches.
    """
    stop = stop or threading.Event()
    bursts: SimpleQueue[_Burst] = SimpleQueue()
    threads = [
        threading.Thread(target=watcher.feed, args=(bursts, stop), daemon=True) for watcher in _watchers(paths, ignored)
    ]
    for thread in threads:
        thread.start()
    try:
        while not stop.is_set():
            with suppress(Empty):
                burst = bursts.get(timeout=_LOOK_AT_STOP_MS / 1000)
                if isinstance(burst, OSError):
                    raise PublisherError(_cannot_watch(burst)) from burst
                if rebuild(burst):
                    reloads.announce()
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _watchers(paths: tuple[Path, ...], ignored: tuple[Path, ...]) -> list[_Watcher]:
    present = tuple(path.resolve() for path in paths if path.exists())
    folders = tuple(path for path in present if path.is_dir())
    # A single file is watched by its folder: an editor replaces it, and a watch on the file itself ends with that.
    files = tuple(path for path in present if not path.is_dir())
    parents = tuple(sorted({path.parent for path in files}))
    ignored = tuple(path.resolve() for path in ignored)
    watchers = [_Watcher(folders, FolderFilter(ignored), recursive=True), _Watcher(parents, FileFilter(files), False)]
    return [watcher for watcher in watchers if watcher.folders]


def _cannot_watch(error: OSError) -> Problem:
    return Problem(
        code="serve.cannot-watch",
        message=f"the system does not let this site be watched for changes: {error.strerror or error}",
        hint="set WATCHFILES_FORCE_POLLING=true, or raise the system's limit (Linux: fs.inotify.max_user_watches)",
    )


def watch_in_background(
    paths: tuple[Path, ...],
    rebuild: Callable[[frozenset[Path]], bool],
    reloads: Reloads,
    *,
    ignored: tuple[Path, ...] = (),
) -> Callable[[], None]:
    """Run `watch` in a thread of its own; returns the function that stops it and waits for its end."""
    stop = threading.Event()
    thread = threading.Thread(
        target=watch, args=(paths, rebuild, reloads), kwargs={"ignored": ignored, "stop": stop}, daemon=True
    )
    thread.start()

    def stop_watching() -> None:
        stop.set()
        thread.join()

    return stop_watching
