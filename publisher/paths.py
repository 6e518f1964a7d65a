"""The folders of a site."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

CONFIG_NAME = "site_config.yaml"
WORK_NAME = ".publisher"


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePaths:
    """Where the parts of one site are; all absolute. ``work`` holds ledger, stage and caches of one output."""

    root: Path
    content: Path
    output: Path
    work: Path

    @property
    def config(self) -> Path:
        """site_config.yaml."""
        return self.root / CONFIG_NAME

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.work / "ledger.sqlite"

    @property
    def studies(self) -> Path:
        """Folder of study folders."""
        return self.content / "studies"

    @property
    def pages(self) -> Path:
        """Folder of prose pages."""
        return self.content / "pages"

    def shown(self, path: Path) -> str:
        """``path`` as people should read it: relative to the site where it can be, what is no text escaped."""
        shown = path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)
        return shown.encode("utf-8", "backslashreplace").decode()


def site_paths(root: Path, *, content: str, output: str, other_output: Path | None = None) -> SitePaths:
    """Folders of the site at ``root``; ``content`` and ``output`` are its settings.

    An output given for one command has a ledger of its own, so that neither is taken for the other.
    """
    usual = (root / output).resolve()
    chosen = (other_output or usual).resolve()
    work = root / WORK_NAME
    if chosen != usual:
        work = work / "outputs" / hashlib.sha256(str(chosen).encode()).hexdigest()[:16]
    return SitePaths(root=root, content=root / content, output=chosen, work=work)
