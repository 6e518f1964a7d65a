"""What a check of a fileset found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: ``path`` is the file or folder in the fileset ("0/zarr.json"), ``message`` what was found and
    expected.

    ``house`` is true where a rule of what this package publishes is broken, not one of the specification: in a
    fileset that somebody else made it is worth a warning.
    """

    path: str
    message: str
    house: bool = False


class BrokenError(Exception):
    """A document that cannot be followed any further; carries the fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault
