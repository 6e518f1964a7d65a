"""Long work says how far it is: bytes done so far, up to all of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from publisher.pipeline import BuildOptions, build
from publisher.reporting import SilentReporter
from publisher.testing.images import planes, write_ome_tiff
from tests.pipeline.sites import make_site


class Recording(SilentReporter):
    """Keeps what a bar would show."""

    def __init__(self) -> None:
        self.bars: dict[str, tuple[int, list[int]]] = {}

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator[Callable[[int], None]]:
        shown: list[int] = []
        self.bars[title] = (total, shown)
        yield shown.append


def test_a_conversion_tells_the_bytes_done_so_far_and_ends_at_all_of_them(tmp_path: Path) -> None:
    study = make_site(tmp_path)
    image = study / "images/a.ome.tiff"
    write_ome_tiff(image, planes(c=2, z=3, y=700, x=600, dtype="uint16"), channel_names=["DNA", "Tubulin"])
    recording = Recording()
    build(tmp_path, BuildOptions(today=date(2026, 1, 2), threads=1), recording)
    total, shown = recording.bars["images/a.ome.tiff"]
    assert total == 2 * 3 * 700 * 600 * 2
    assert len(shown) > 3
    assert shown == sorted(shown)
    assert shown[-1] == total
