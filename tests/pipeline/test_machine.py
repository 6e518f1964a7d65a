"""Cores and memory are shared out, and what is published does not depend on how."""

import threading
from datetime import date
from pathlib import Path

import pytest

from publisher.config.load import load_config
from publisher.graph.ledger import Ledger
from publisher.pipeline import BuildOptions, build
from publisher.pipeline.conversion_run import cores_for
from publisher.pipeline.machine import Cores, cores_of_machine, memory_of_machine
from publisher.pipeline.site import Site
from publisher.pipeline.workers import Workers
from publisher.reporting import SilentReporter
from tests.pipeline.sites import make_site, tree


def test_what_wants_all_cores_is_not_passed_by() -> None:
    cores = Cores(2)
    order: list[str] = []
    holding, asked = threading.Event(), threading.Event()

    def big() -> None:
        asked.set()
        with cores.taken(2):
            order.append("big")

    def small() -> None:
        with cores.taken(1):
            order.append("small")

    with cores.taken(1):
        first = threading.Thread(target=big)
        first.start()
        asked.wait()
        while not cores._queue:  # the big one has asked
            holding.wait(0.01)
        second = threading.Thread(target=small)  # one core is free, but it came later
        second.start()
        holding.wait(0.1)
        assert order == []
    for thread in (first, second):
        thread.join(5)
    assert order == ["big", "small"]


def test_nobody_gets_more_cores_than_there_are() -> None:
    with Cores(3).taken(8) as held:
        assert held == 3


def test_a_closed_machine_lets_nobody_wait() -> None:
    cores = Cores(1)
    cores.close()
    with pytest.raises(InterruptedError), cores.taken(1):
        pass


def test_the_machine_has_cores_and_memory() -> None:
    assert cores_of_machine() >= 1
    assert memory_of_machine() > 64 << 20


@pytest.fixture
def site_with(tmp_path: Path):
    make_site(tmp_path)
    config, paths = load_config(tmp_path)
    ledgers = []

    def make(**options: int) -> Site:
        ledgers.append(Ledger(paths.ledger))
        said = BuildOptions(today=date(2026, 1, 2), **options)
        return Site(config, paths, ledgers[-1], SilentReporter(), said, Workers(said))

    yield make
    for ledger in ledgers:
        ledger.db.close()


@pytest.mark.parametrize(
    ("megabytes", "together", "cores"),
    [(1, 500, 1), (64, 500, 2), (400, 500, 8), (400, 1, 12), (100_000, 1, 16), (100_000, 4, 8)],
)
def test_small_images_get_a_core_each_and_a_big_one_alone_gets_all(site_with, megabytes, together, cores) -> None:
    assert cores_for(site_with(threads=16), megabytes << 20, together) == cores


def test_memory_bounds_the_processes_and_each_conversion_gets_its_share() -> None:
    def workers(megabytes: int) -> Workers:
        return Workers(BuildOptions(today=date(2026, 1, 2), threads=4, memory_bytes=megabytes << 20))

    assert workers(1000).most == 2, "more would not have enough to be of use"
    assert workers(1000).memory_for(4) == 1000 << 20
    assert workers(1000).memory_for(1) == 250 << 20
    assert workers(100).most == 1


@pytest.mark.slow
def test_the_tree_is_the_same_for_any_number_of_cores_and_processes(tmp_path: Path) -> None:
    trees = []
    for threads in (1, 2, 3, 8):
        root = tmp_path / str(threads)
        make_site(root)
        outcome = build(root, BuildOptions(today=date(2026, 1, 2), threads=threads), SilentReporter())
        assert outcome.problems == ()
        trees.append(tree(root / "_site"))
    assert trees[0]
    assert all(other == trees[0] for other in trees)
