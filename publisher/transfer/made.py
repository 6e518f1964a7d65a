"""One file or fileset to a URL of its own, beside any site."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from publisher.object_store import open_store
from publisher.reporting import Reporter
from publisher.transfer.order import RANKS, rank_in

_FILES_AT_ONCE = 8


def stands_at(url: str) -> bool:
    """Whether a file or fileset stands at ``url``; raises DeployError where nothing could be sent to."""
    place, _, name = url.rstrip("/").rpartition("/")
    store = open_store(place)
    return store.size(name) is not None or bool(store.sizes_below(name))


def send_made(made: Path, url: str, reporter: Reporter) -> None:
    """Send a file, or a fileset in its `order`, to ``url`` itself; what stood there and is no part of it goes."""
    place, _, name = url.rstrip("/").rpartition("/")
    store = open_store(place)
    files = [made] if made.is_file() else [path for path in sorted(made.rglob("*")) if path.is_file()]
    keys = {path: name if path == made else f"{name}/{path.relative_to(made).as_posix()}" for path in files}
    old = store.sizes_below(name) if made.is_dir() else {}
    with reporter.work(f"to {url}", sum(path.stat().st_size for path in files), "bytes") as meter:
        for rank in range(RANKS):
            batch = [path for path in files if rank_in(made, path) == rank]
            with ThreadPoolExecutor(_FILES_AT_ONCE) as pool:
                for path, _ in zip(batch, pool.map(lambda path: store.put(keys[path], path), batch), strict=True):
                    meter.within(1)
                    meter.finish(path.stat().st_size)
    store.delete(sorted(set(old) - set(keys.values())))
