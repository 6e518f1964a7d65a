"""What pages of containers share: the way to them, and facts of all their images."""

from pathlib import PurePosixPath

from publisher import urls
from publisher.pages.facts import Fact, fact
from publisher.pages.licence import licence
from publisher.pages.links import Linker
from publisher.pages.page import Crumb
from publisher.pages.published import StudyRecord
from publisher.pages.summary import DatasetSummary

Above = tuple[tuple[str, PurePosixPath], ...]
"""Containers between a study and the page, outermost first: name and page."""


def breadcrumbs(name: str, study: StudyRecord, above: Above, linker: Linker) -> tuple[Crumb, ...]:
    """The way from all studies to the page called ``name``."""
    return (
        Crumb(title="Studies", href=linker.to(urls.HOME)),
        Crumb(title=study.key, href=linker.to(urls.study(study.slug))),
        *(Crumb(title=title, href=linker.to(page)) for title, page in above),
        Crumb(title=name),
    )


def container_facts(summary: DatasetSummary, study: StudyRecord, *more: Fact) -> tuple[Fact, ...]:
    """Facts of a container: its id, ``more``, counts, and sizes where all its images agree."""
    rows = [fact("ID", f"{study.key}/{summary.id}", mono=True), *more, fact("Images", f"{summary.images:,}")]
    if summary.without_pixels:
        rows.append(fact("Without pixels", f"{summary.without_pixels:,}"))
    rows += [fact("Dimensions (XY)", summary.size_xy)] if summary.size_xy else []
    rows += [fact("Pixels Size (XY) (µm)", summary.pixel_size)] if summary.pixel_size else []
    rows += [fact("Z-sections/Timepoints", summary.size_zt)] if summary.size_zt else []
    rows += [Fact(label="Channels", channels=summary.channels)] if summary.channels else []
    rows += [fact("Pixels Type", summary.dtype)] if summary.dtype else []
    known = licence(study.licence)
    return (*rows, *((Fact(label="License", licence=known),) if known else ()))
