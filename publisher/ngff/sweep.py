"""The single sweep: every block of level 0 is read once, every level above is made of the blocks in memory.

A block of level n is joined from its four halved children, written, and halved in turn. Subtrees of this
quadtree are the tasks of the threads; what lies above them is joined by the caller's thread. Nothing is read
back, and what is written does not depend on which thread came first.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from math import prod
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from publisher.ngff.downsample import halve, pick
from publisher.ngff.geometry import Blocks, block_starts, grid
from publisher.ngff.plan import ITEM_SIZES, ImagePlan
from publisher.ngff.source_blocks import Group, SourceBlocks
from publisher.ngff.store_writer import Place

Node = tuple[int, Group, int, int]
"""A block: level, planes, and its place down and across."""

TASKS_A_THREAD = 4
ALONE_BYTES = 4 * 2**20
"""Pixels for which no thread is started: it would take longer than they do."""


class Sink(Protocol):
    """Whoever is shown each block of each level, from any thread."""

    def take(self, level: int, place: Place, block: NDArray[Any]) -> None:
        """``block`` (C, Y, X) begins at ``place`` (t c z y x, in pixels) of ``level``; it may not be changed."""


class Sweep:
    """One pass over one image."""

    def __init__(self, plan: ImagePlan, samples: int, blocks: Blocks, source: SourceBlocks, sink: Sink) -> None:
        self._plan, self._blocks, self._source, self._sink = plan, blocks, source, sink
        self._samples = samples
        self._grids = [grid(level.shape[3:], blocks) for level in plan.levels]
        self._top = len(plan.levels) - 1
        self._task_level = self._choose_task_level()

    def run(self, progress: Callable[[int], None]) -> None:
        """Do it; ``progress`` is told the level-0 bytes done so far, in the caller's thread."""
        if self._blocks.threads == 1 or self._plan.level_bytes <= ALONE_BYTES:
            self._run_alone(progress)
        else:
            self._run_threads(progress)

    def _run_alone(self, progress: Callable[[int], None]) -> None:
        """In the caller's thread: starting others would cost a small image more than its pixels."""
        done = 0

        def child(node: Node) -> NDArray[Any] | None:
            nonlocal done
            halved = self._make(node, child)
            if node[0] == self._task_level:
                done += self._level0_bytes(node)
                progress(done)
            return halved

        for root in self._roots():
            child(root)

    def _run_threads(self, progress: Callable[[int], None]) -> None:
        nodes = self._task_nodes()
        done = 0
        with ThreadPoolExecutor(self._blocks.threads, thread_name_prefix="sweep") as pool:
            queue: deque[tuple[Node, Future[NDArray[Any] | None]]] = deque()

            def enqueue(count: int) -> None:
                queue.extend((node, pool.submit(self._make, node)) for node in islice(nodes, count))

            def child(node: Node) -> NDArray[Any] | None:
                if node[0] > self._task_level:
                    return self._make(node, child)
                nonlocal done
                expected, future = queue.popleft()
                assert expected == node
                halved = future.result()
                enqueue(1)
                done += self._level0_bytes(node)
                progress(done)
                return halved

            try:
                enqueue(2 * self._blocks.threads)
                for root in self._roots():
                    child(root)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _make(self, node: Node, child: "Callable[[Node], NDArray[Any] | None] | None" = None) -> NDArray[Any] | None:
        """Write one block with all below it; its halved pixels, or None at the top."""
        level, group, down, across = node
        block = self._join(node, child or self._make) if level else self._read(group, down, across)
        place = (group.t, group.c.start, group.z, down * self._blocks.height, across * self._blocks.width)
        self._sink.take(level, place, block)
        if level == self._top:
            return None
        return halve(block) if self._plan.kind == "image" else pick(block, level)

    def _read(self, group: Group, down: int, across: int) -> NDArray[Any]:
        _, _, _, height, width = self._plan.levels[0].shape
        top, left = down * self._blocks.height, across * self._blocks.width
        bottom, right = min(top + self._blocks.height, height), min(left + self._blocks.width, width)
        return self._source.read(group, slice(top, bottom), slice(left, right))

    def _join(self, node: Node, child: Callable[[Node], NDArray[Any] | None]) -> NDArray[Any]:
        level, group, down, across = node
        children = list(self._children(node))
        if len(children) == 1:
            only = child(children[0])
            assert only is not None
            return only
        _, _, _, height, width = self._plan.levels[level].shape
        rows = min(self._blocks.height, height - down * self._blocks.height)
        columns = min(self._blocks.width, width - across * self._blocks.width)
        joined = np.empty((group.c.stop - group.c.start, rows, columns), np.dtype(self._plan.dtype).newbyteorder("<"))
        for below in children:
            quarter = child(below)
            assert quarter is not None
            top = (below[2] - 2 * down) * self._blocks.height // 2
            left = (below[3] - 2 * across) * self._blocks.width // 2
            joined[:, top : top + quarter.shape[1], left : left + quarter.shape[2]] = quarter
        return joined

    def _children(self, node: Node) -> Iterator[Node]:
        level, group, down, across = node
        rows, columns = self._grids[level - 1]
        for y in range(2 * down, min(2 * down + 2, rows)):
            for x in range(2 * across, min(2 * across + 2, columns)):
                yield level - 1, group, y, x

    def _groups(self) -> Iterator[Group]:
        """Channel after channel, z after z: the order in which shards store planes."""
        size_t, size_c, size_z, _, _ = self._plan.levels[0].shape
        for t in range(size_t):
            for c in range(0, size_c, self._samples):
                for z in range(size_z):
                    yield Group(t, slice(c, c + self._samples), z)

    def _roots(self) -> Iterator[Node]:
        for group in self._groups():
            for down, across in block_starts(self._plan.levels[-1].shape[3:], self._blocks):
                yield self._top, group, down, across

    def _task_nodes(self) -> Iterator[Node]:
        def below(node: Node) -> Iterator[Node]:
            if node[0] == self._task_level:
                yield node
            else:
                for nested in self._children(node):
                    yield from below(nested)

        for root in self._roots():
            yield from below(root)

    def _choose_task_level(self) -> int:
        """The highest level with work for every thread, that joins blocks at most once on the way."""
        size_t, size_c, size_z, _, _ = self._plan.levels[0].shape
        planes = size_t * (size_c // self._samples) * size_z
        level = self._top
        while level > 0 and (
            planes * prod(self._grids[level]) < TASKS_A_THREAD * self._blocks.threads
            and prod(self._grids[level - 1]) > 1
        ):
            level -= 1
        while level > 1 and prod(self._grids[level - 2]) > prod(self._grids[level - 1]) > 1:
            level -= 1
        return level

    def _level0_bytes(self, node: Node) -> int:
        level, _, down, across = node
        _, _, _, height, width = self._plan.levels[0].shape
        rows, columns = self._blocks.height << level, self._blocks.width << level
        area = (min(height, (down + 1) * rows) - down * rows) * (min(width, (across + 1) * columns) - across * columns)
        return area * self._samples * ITEM_SIZES[self._plan.dtype]
