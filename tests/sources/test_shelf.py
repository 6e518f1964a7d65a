"""A source stays open for the next call of a worker, and is never mistaken for another."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from publisher.config.model import HostingSection, ZarrSection
from publisher.errors import SourceError
from publisher.ngff.plan import PicturePlane, plan_image
from publisher.pipeline.worker_tasks import Conversion, SourceAddress, convert
from publisher.sources.shelf import Shelf
from publisher.sources.worker import LimitedWorker
from publisher.testing.images import planes, write_ome_tiff


class Opened:
    """Counts what was opened and closed."""

    def __init__(self) -> None:
        self.events: list[str] = []

    @contextmanager
    def thing(self, name: str) -> Iterator[str]:
        self.events.append(f"open {name}")
        yield name
        self.events.append(f"close {name}")


def test_the_last_thing_stays_open_until_another_is_wanted() -> None:
    opened, shelf = Opened(), Shelf()
    for name in ("a", "a", "b"):
        with shelf.opened(name, lambda name=name: opened.thing(name)) as thing:
            assert thing == name
    shelf.close()
    assert opened.events == ["open a", "close a", "open b", "close b"]


def test_what_failed_is_not_kept() -> None:
    opened, shelf = Opened(), Shelf()
    with pytest.raises(ValueError, match="broken"), shelf.opened("a", lambda: opened.thing("a")):
        raise ValueError("broken")
    with shelf.opened("a", lambda: opened.thing("a")):
        pass
    assert opened.events.count("open a") == 2


def test_a_changed_file_is_opened_anew_by_a_worker(tmp_path: Path) -> None:
    path, array = tmp_path / "a.ome.tiff", planes(y=8, x=8)
    address = SourceAddress(path=path, roots=(tmp_path,))

    def converted(folder: str) -> float:
        with address.open() as source:
            image = source.images()[0]
        job = Conversion(
            address=address,
            series=0,
            plan=plan_image(image, "0", ZarrSection(), HostingSection()),
            folder=tmp_path / folder,
            keep=tmp_path / folder / "keep",
            picture=PicturePlane(),
        )
        done = worker.call(convert, job, about=path, timeout_s=60.0, progress=lambda _: None)
        return float(done["statistics"]["channels"][0]["max"])

    with LimitedWorker(2 << 30) as worker:
        write_ome_tiff(path, array)
        first = converted("1")
        assert converted("2") == first
        write_ome_tiff(path, array // 2)
        os.utime(path, ns=(1, 1))
        assert converted("3") == first // 2
        path.unlink()
        with pytest.raises(SourceError):
            worker.call(convert, _job_without_file(tmp_path, address), about=path, timeout_s=60.0, progress=print)


def _job_without_file(folder: Path, address: SourceAddress) -> Conversion:
    other = write_ome_tiff(folder / "b.ome.tiff", planes())
    with SourceAddress(path=other, roots=(folder,)).open() as source:
        plan = plan_image(source.images()[0], "0", ZarrSection(), HostingSection())
    return Conversion(
        address=address, series=0, plan=plan, folder=folder / "4", keep=folder / "keep", picture=PicturePlane()
    )
