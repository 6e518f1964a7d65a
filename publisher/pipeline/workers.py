"""The processes of a build that open files others made, and what of the machine each of them gets.

Knows nothing of the site, so that the first of them can start before the site has been read.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Self

from publisher.errors import PublisherError
from publisher.pipeline.machine import PARENT_BYTES, WORKER_BYTES, Cores, cores_of_machine, memory_of_machine
from publisher.pipeline.options import BuildOptions

if TYPE_CHECKING:
    from publisher.sources.worker_pool import WorkerPool

CONVERSION_MODULES = ("publisher.sources.registry", "publisher.ngff.pixels", "publisher.sources.tiff_pixels")
"""What a worker needs to write pixels."""
GATE_MODULES = ("publisher.ngff.validate",)
"""What it needs to judge them."""


class Workers:
    """Cores, memory and processes of one build; use it as a context manager. Processes start when they are needed."""

    def __init__(self, options: BuildOptions) -> None:
        self._options = options
        self.cores = Cores(options.threads or cores_of_machine())
        self._pool: WorkerPool | None = None
        self._starting = threading.Lock()
        self._loading: list[threading.Thread] = []
        self._gate_loads = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every process, whatever it does; nobody waits for a core any more."""
        self.cores.close()
        if self._pool is not None:
            self._pool.close()
        for thread in self._loading:
            thread.join()

    @property
    def pool(self) -> "WorkerPool":
        """The processes."""
        with self._starting:
            if self._pool is None:
                from publisher.sources.worker_pool import WorkerPool  # late: a build with nothing to do starts none

                self._pool = WorkerPool(self.most, self.process_bytes)
            return self._pool

    @property
    def memory_bytes(self) -> int:
        """Memory that all conversions may take together: `--memory`, else three quarters of the machine."""
        return self._options.memory_bytes or memory_of_machine() * 3 // 4

    @property
    def most(self) -> int:
        """Processes that may run at once: one a core, while each has memory enough to be of use."""
        return max(1, min(self.cores.count, (self.memory_bytes - PARENT_BYTES) // WORKER_BYTES))

    @property
    def process_bytes(self) -> int:
        """Address space of a process: `--memory` with room for libraries, else three quarters of the machine."""
        if self._options.memory_bytes:
            return max(self._options.memory_bytes, 512 << 20) + (2 << 30)
        return self.memory_bytes

    def memory_for(self, cores: int) -> int:
        """What a conversion that holds ``cores`` may take: its share; all of them together, all."""
        return self.memory_bytes if cores == self.cores.count else self.memory_bytes * cores // self.cores.count

    def make_room(self) -> None:
        """End processes that do nothing, where `--memory` is short: what they hold is wanted elsewhere."""
        if self._options.memory_bytes:
            self.pool.rest()

    def warm_up(self) -> None:
        """Have the first process load what conversions need while this one goes on; once."""
        if not self._loading:
            self._meanwhile(self.pool.warm_up, CONVERSION_MODULES)

    def load_for_gate(self) -> None:
        """Have a free process load what the gate needs while this one makes pages; once."""
        from publisher.sources.worker_pool import load  # late, as above

        with self._starting:
            if self._gate_loads:
                return
            self._gate_loads = True
        self._meanwhile(partial(self.pool.call, load, about="modules"), GATE_MODULES)

    def _meanwhile(self, load: Callable[[tuple[str, ...]], None], modules: tuple[str, ...]) -> None:
        def run() -> None:
            with suppress(PublisherError, InterruptedError):
                load(modules)

        self._loading.append(threading.Thread(target=run, name="loading", daemon=True))
        self._loading[-1].start()

    @contextmanager
    def threads(self) -> Iterator[ThreadPoolExecutor]:
        """Threads, one a core, that wait for processes; when the build is stopped nobody waits for them."""
        pool = ThreadPoolExecutor(self.cores.count, thread_name_prefix="waiting")
        try:
            yield pool
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
