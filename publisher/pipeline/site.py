"""What every part of a build shares: settings, ledger, look, workers; what it collects: warnings and notes.

Heavy parts are imported when first used: a build with nothing to do loads no reader, no template, no array
library (numpy alone would double its time).
"""

import dataclasses
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from publisher import __version__, urls
from publisher.config.model import SiteConfig, is_sharded
from publisher.errors import Problem, PublisherError
from publisher.graph.fingerprint import digest_json
from publisher.graph.ledger import Ledger
from publisher.graph.record import Json
from publisher.graph.stage import StepStage
from publisher.graph.step import Step
from publisher.model.location import Address, Location
from publisher.pages.markup import Html
from publisher.pages.page import Addresses, Page, SiteFacts, to_json
from publisher.paths import SitePaths
from publisher.pipeline.look import Look
from publisher.pipeline.machine import Cores
from publisher.pipeline.options import BuildOptions
from publisher.pipeline.workers import Workers
from publisher.reporting import Meter, Reporter

if TYPE_CHECKING:
    from publisher.formats.redaction import Redaction
    from publisher.sources.registry import Registry

T = TypeVar("T")

CARD = "card "
"""Steps whose name begins so keep what the front page tells of a study."""


class Site:
    """A site during one build. It collects warnings and problems; it decides nothing."""

    def __init__(
        self,
        config: SiteConfig,
        paths: SitePaths,
        ledger: Ledger,
        reporter: Reporter,
        options: BuildOptions,
        workers: Workers,
    ) -> None:
        self.config = config
        self.paths = paths
        self.ledger = ledger
        self.reporter = reporter
        self.options = options
        self.workers = workers
        self.look = Look(config, paths, ledger)
        self.warnings: dict[Problem, None] = {}
        self.notes: dict[str, None] = {}
        self._telling = threading.Lock()
        self._meters = ExitStack()

    def close(self) -> None:
        """End the workers, whatever they do, and then all bars."""
        self.workers.close()
        self._meters.close()

    @property
    def cores(self) -> Cores:
        """Cores that work shares."""
        return self.workers.cores

    # Tools

    @cached_property
    def registry(self) -> "Registry":
        """Installed readers."""
        from publisher.sources.registry import installed_readers

        return installed_readers()

    def work(self, title: str, total: int) -> Meter:
        """A bar for bytes to be written, which ends when all are, or with the build."""
        return self._meters.enter_context(self.reporter.work(title, total, "bytes"))

    @cached_property
    def redaction(self) -> "Redaction":
        """What stays private."""
        from publisher.formats.redaction import Redaction

        return Redaction(redact=self.config.privacy.redact, keep=self.config.privacy.keep)

    @cached_property
    def facts(self) -> SiteFacts:
        """What builders of pages know of the site."""
        config = self.config
        return SiteFacts(
            title=config.title,
            addresses=Addresses(base_url=config.base_url, data_url=config.data_url),
            prose=self.prose,
            publisher=config.publisher.name,
            viewers=config.viewers.show,
            zarr_version=config.zarr.version,
            sharded=is_sharded(config.zarr, config.hosting),
        )

    def prose(self, markdown: str) -> Html:
        """Sanitised HTML of a curator's Markdown, remembered between builds."""
        if not markdown.strip():
            return Html("")
        key = digest_json([__version__, markdown])
        known = self.ledger.memo("prose", key)
        if known is None:
            from publisher.render.prose import to_html  # late: Markdown costs a tenth of a second

            known = str(to_html(markdown))
            self.ledger.remember("prose", key, known)
        return Html(known)

    def prose_problems(self, markdown: str, shown: str) -> Iterable[Problem]:
        """What of a text could not be shown as Markdown."""
        from publisher.render.prose import problems  # late, as above

        return [dataclasses.replace(problem, path=shown) for problem in problems(markdown)]

    # Problems

    def warn(self, problems: Iterable[Problem]) -> None:
        """Collect warnings, each once."""
        with self._telling:
            fresh = [problem for problem in problems if problem not in self.warnings]
            self.warnings.update(dict.fromkeys(fresh))
            self.reporter.problems(fresh)

    def note(self, words: str) -> None:
        """Keep a fact that a plan shows; nobody needs to act on it."""
        self.notes[words] = None

    def shown(self, location: Location) -> str:
        """A source as people of this site know it."""
        return str(location) if isinstance(location, Address) else self.paths.shown(location)

    def named(self, problem: Problem, path: Location) -> Problem:
        """A reader's problem with the path as people of this site know it."""
        shown = self.shown(path)
        return dataclasses.replace(problem, path=shown, message=problem.message.replace(str(path), shown))

    def call(self, function: Callable[..., T], path: Location, *args: Any, **options: Any) -> T:
        """`LimitedWorker.call` about the source ``path``, with its problems named as people of this site know it."""
        with self.workers.cores.taken(1):
            return self.call_holding(function, path, *args, **options)

    def call_holding(self, function: Callable[..., T], path: Location, *args: Any, **options: Any) -> T:
        """As `call`, for somebody who holds the cores that it takes."""
        try:
            return self.workers.pool.call(function, *args, about=path, **options)
        except PublisherError as error:
            raise type(error)(*(self.named(problem, path) for problem in error.problems)) from error

    # What was built before

    def page_urls(self) -> Iterator[PurePosixPath]:
        """Every page of the site as this build leaves it, without the 404 page."""
        for name, _ in self.ledger.values("page "):
            url = PurePosixPath(name.removeprefix("page "))
            if url != urls.NOT_FOUND:
                yield url

    # Pages

    def page_step(self, page: Page) -> Step:
        """Write a page and its JSON."""
        document = to_json(page)

        def write(stage: StepStage) -> Json:
            stage.write(page.url, self.look.renderer.render(page))
            stage.write(urls.sibling_json(page.url), document)

        return Step(
            name=page_name(page.url), action=write, params=[document.decode(), self.look.digest_of(page.template)]
        )


def page_name(url: PurePosixPath) -> str:
    """Name of the step that writes a page."""
    return f"page {url}"
