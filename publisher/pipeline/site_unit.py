"""What belongs to no study: front page, prose, 404, static files, feed, sitemap, hosting files."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from publisher import urls
from publisher.catalogue.prose import read_prose
from publisher.check.hosting import profile_files
from publisher.graph.stage import StepStage
from publisher.graph.step import Deferred, Results, Step
from publisher.pages.feed import FEED, feed
from publisher.pages.home_page import FeaturedImage, home_page
from publisher.pages.prose_page import not_found_page, prose_page
from publisher.pages.published import PictureFile
from publisher.pages.site_map import robots, site_maps
from publisher.pages.summary import StudySummary
from publisher.pages.viewer_page import viewer_page
from publisher.pipeline.cards import cards
from publisher.pipeline.site import Site

NEXT = 3
"""Studies that the 404 page offers."""


def site_steps(site: Site) -> Iterator[Step | Deferred]:
    """Steps of the site as a whole; they run after every study's."""
    found = list(cards(site.ledger))
    summaries = [summary for summary, _ in found]
    featured = _featured(site, found)
    catalogue = site.config.catalogue
    yield site.page_step(home_page(summaries, catalogue, site.config.description, featured, site.facts))
    offered = tuple((s.record.slug, s.record.key, s.record.description.title) for s in summaries[:NEXT])
    yield site.page_step(not_found_page(offered, site.facts))
    yield site.page_step(viewer_page(site.facts))
    for text in read_prose(site.paths):
        site.warn(site.prose_problems(text.markdown, text.shown))
        yield site.page_step(prose_page(text.name, text.title, text.markdown, site.facts, description=text.description))
    yield _files("static", site.look.static.files)
    yield _files(
        "hosting", profile_files(site.config.hosting, base_url=site.config.base_url, data_url=site.config.data_url)
    )
    entries = feed(summaries, site.facts)
    found_files = {PurePosixPath("robots.txt"): robots(site.facts.addresses)}
    yield _files("feed and robots", found_files | ({FEED: entries} if entries else {}))
    yield Deferred(name="sitemap", make=lambda results: _site_map(site, results))


def _site_map(site: Site, _results: Results) -> Step:
    pages = site.page_urls()
    return _files("sitemap", dict(site_maps(pages, site.facts.addresses)))


def _files(name: str, files: Mapping[PurePosixPath, bytes]) -> Step:
    """Write files whose bytes are known."""

    def write(stage: StepStage) -> None:
        for path, data in files.items():
            stage.write(path, data)

    return Step(name=name, action=write, params={str(path): _digest(data) for path, data in files.items()})


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _pictures_of(site: Site, slug: str, image: str) -> dict[str, PictureFile]:
    """Picture files of an image by name."""
    record = site.ledger.step(f"pictures {urls.image(slug, image).parent}")
    files = record.value["files"] if record else []
    return {name: PictureFile(PurePosixPath(path), width, height) for name, path, width, height in files}


def _featured(site: Site, found: list[tuple[StudySummary, str]]) -> FeaturedImage | None:
    """The picture of the front page: the one that is named, else the newest study's."""
    slug, _, image = (site.config.catalogue.featured or "").partition("/")
    if slug and image:
        files = _pictures_of(site, slug, image)
        shown = files.get("picture.webp")
        study = next((summary for summary, _ in found if summary.record.slug == slug), None)
        if shown and study:
            return FeaturedImage(
                file=shown,
                small=files.get("picture-640.webp"),
                credit=study.record.description.title,
                target_study=slug,
                target_image=image,
            )
    for summary, number in found:
        if summary.picture and slug in ("", summary.record.slug):
            credit = f"{summary.picture_name}, {summary.record.key}"
            return FeaturedImage(
                file=summary.picture,
                small=summary.picture_small,
                credit=credit,
                target_study=summary.record.slug,
                target_image=number or None,
            )
    return None
