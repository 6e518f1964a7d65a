"""Stand-ins for reading that end badly; found by name in the worker's process."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from publisher.pipeline.worker_tasks import Conversion, SourceAddress, convert, inspect_source
from publisher.sources.inspect import Inspection
from publisher.sources.shelf import Shelf


def dies(address: SourceAddress) -> Inspection:
    """End the process on files called b."""
    if address.path.name.startswith("b."):
        os.kill(os.getpid(), signal.SIGKILL)
    return inspect_source(address)


def hangs(address: SourceAddress) -> Inspection:
    """Never end on files called b."""
    if address.path.name.startswith("b."):
        time.sleep(600)
    return inspect_source(address)


def fails(address: SourceAddress) -> Inspection:
    """A fault of ours on files called b."""
    if address.path.name.startswith("b."):
        raise ZeroDivisionError("our own fault")
    return inspect_source(address)


def convert_dying(job: Conversion, *, progress: Callable[[int], None], shelf: Shelf) -> dict[str, Any]:
    """End the process in the middle of the conversion of the file called seen."""
    if job.address.path.name.startswith("seen."):
        progress(1)
        os.kill(os.getpid(), signal.SIGKILL)
    return convert(job, progress=progress, shelf=shelf)
