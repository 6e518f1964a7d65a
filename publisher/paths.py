"""The folders of a site."""

from dataclasses import dataclass
from pathlib import Path

CONFIG_NAME = "site_config.yaml"
WORK_NAME = ".publisher"


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePaths:
    """Where the parts of one site are; all absolute."""

    root: Path
    content: Path
    output: Path

    @property
    def config(self) -> Path:
        """site_config.yaml."""
        return self.root / CONFIG_NAME

    @property
    def work(self) -> Path:
        """Ledger, stage and caches; may be deleted at any time between commands."""
        return self.root / WORK_NAME

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
        """``path`` as people should read it: relative to the site where it can be."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return str(path)
