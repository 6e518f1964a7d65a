"""What a check of a fileset found."""

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """What a fault breaks, and so how much it matters in a fileset that somebody else made."""

    SPECIFICATION = "specification"
    """A fault in any fileset."""
    READERS = "readers"
    """The specification allows it, and some program in use fails or shows something else: worth a warning."""
    HOUSE = "house"
    """We write it otherwise; others may do as they like."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: ``path`` is the file or folder in the fileset ("0/zarr.json"), ``message`` what was found and
    expected. In a fileset of ours the breach of any ``rule`` is a fault.
    """

    path: str
    message: str
    rule: Rule = Rule.SPECIFICATION


class BrokenError(Exception):
    """A document that cannot be followed any further; carries the fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault
