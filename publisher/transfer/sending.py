"""The filesets of a finished build to the store of ``build.data_store``: what differs, and no more.

Begins after the commit and the gate, from the files of the output, so that both hold the same bytes. Of each
fileset arrays go first, then metadata, its root last; deletions come when all else stands. What fails or is
cut short is gone on with by the next build.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import groupby
from pathlib import Path
from queue import SimpleQueue
from threading import Event

from publisher.errors import DeployError, Problem, PublisherError, Severity
from publisher.graph.copies import Copies
from publisher.graph.ledger import Ledger
from publisher.graph.record import Output
from publisher.object_store import ObjectStore, open_store
from publisher.reporting import Meter, Reporter
from publisher.transfer.difference import DATA, Sent, Transfer
from publisher.transfer.order import ARRAYS, fileset_of, rank_of

_FILESETS_AT_ONCE = 4
_FILES_AT_ONCE = 8


def send(ledger: Ledger, output: Path, transfer: Transfer, reporter: Reporter) -> Sent:
    """Carry out ``transfer`` from the folder ``output``; problems are returned, and what was done stays done."""
    copies, sent = Copies(ledger, transfer.store, DATA), Sent()
    sent.problems += _left_behind(copies)
    if not transfer.puts and not transfer.deletions:
        return sent
    try:
        store = open_store(transfer.store)
        if copies.is_new():
            sent.problems += _unknown_objects(store, ledger)
        copies.begin(transfer.puts)
        with reporter.work(f"to {transfer.store}", transfer.size, "bytes") as meter:
            _Sending(store, output, copies, meter, sent).put_all(transfer.puts)
        store.delete(transfer.deletions)
        copies.deleted(transfer.deletions)
        sent.deleted = len(transfer.deletions)
    except PublisherError as error:
        sent.problems += error.problems
    return sent


class _Sending:
    """Several filesets at once, the files of each in their order; what stands is recorded as it comes to stand."""

    def __init__(self, store: ObjectStore, output: Path, copies: Copies, meter: Meter, sent: Sent) -> None:
        self._store, self._output, self._copies = store, output, copies
        self._meter, self._sent = meter, sent
        self._stopped = Event()
        self._finished: SimpleQueue[Output] = SimpleQueue()

    def put_all(self, puts: Sequence[Output]) -> None:
        """Send everything; raises the first error after all that was begun has ended."""
        filesets = [list(group) for _, group in groupby(puts, fileset_of)]
        with ThreadPoolExecutor(_FILES_AT_ONCE) as self._files, ThreadPoolExecutor(_FILESETS_AT_ONCE) as pool:
            pending = {pool.submit(self._put_fileset, fileset) for fileset in filesets}
            try:
                while pending:
                    done, pending = wait(pending, timeout=1, return_when=FIRST_COMPLETED)
                    self._record()
                    for future in done:
                        future.result()
            except BaseException:
                self._stopped.set()
                pool.shutdown(cancel_futures=True)
                self._record()
                raise

    def _record(self) -> None:
        """Note what stands by now; SQLite and the meter belong to the caller's thread."""
        finished = [self._finished.get_nowait() for _ in range(self._finished.qsize())]
        self._copies.sent(finished)
        self._sent.objects += len(finished)
        self._sent.bytes += sum(output.size for output in finished)
        self._meter.within(self._sent.bytes)

    def _put_fileset(self, fileset: list[Output]) -> None:
        for rank, stage in groupby(sorted(fileset, key=rank_of), rank_of):
            outputs = list(stage)
            for future in [self._files.submit(self._put, output) for output in outputs]:
                future.result()
            if rank == ARRAYS or len(outputs) == len(fileset):
                self._check(outputs)
            for output in outputs:
                self._finished.put(output)

    def _put(self, output: Output) -> None:
        if self._stopped.is_set():
            raise DeployError(_stopped(self._store.url))
        self._store.put(output.path, self._output / output.path)

    def _check(self, outputs: list[Output]) -> None:
        """The truth is what the store lists, not what it answered: arrays are counted before metadata names them."""
        if len(outputs) == 1:
            found = {outputs[0].path: self._store.size(outputs[0].path)}
        else:
            found = dict(self._store.sizes_below(fileset_of(outputs[0])))
        for output in outputs:
            if found.get(output.path) != output.size:
                raise DeployError(_not_there(self._store.url, output, found.get(output.path)))


def _left_behind(copies: Copies) -> Iterator[Problem]:
    """Said once of each place that an earlier build sent to."""
    for place, count in copies.other_places():
        copies.forget(place)
        yield Problem(
            code="objects.left-behind",
            path=place,
            message=f"{count} objects of earlier builds stand there and are not kept up to date any more",
            hint="delete them once nobody reads them",
            severity=Severity.WARNING,
        )


def _unknown_objects(store: ObjectStore, ledger: Ledger) -> Iterator[Problem]:
    """At the first time: what stands where the data goes, and is none of it."""
    owned = {output.path for output in ledger.outputs_below(DATA)}
    strange = sorted(set(store.sizes_below(DATA.rstrip("/"))) - owned)
    if strange:
        yield Problem(
            code="objects.unknown",
            path=f"{store.url}/{strange[0]}",
            message=f"{len(strange)} objects stand there that this site does not know; they stay as they are",
            hint="delete what should not be public, or choose another prefix in build.data_store",
            severity=Severity.WARNING,
        )


def _not_there(url: str, output: Output, found: int | None) -> Problem:
    message = f"was sent with {output.size} bytes, but the store lists {'none' if found is None else found}"
    hint = "build again: it is sent again"
    return Problem(code="objects.failed", path=f"{url}/{output.path}", message=message, hint=hint)


def _stopped(url: str) -> Problem:
    return Problem(code="objects.failed", path=url, message="sending was stopped", hint="build again: it goes on")
