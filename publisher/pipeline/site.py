"""What every part of a build shares: settings, theme, ledger, worker.

Heavy parts are imported when first used: a build with nothing to do loads no reader, no template, no array
library (numpy alone would double its time).
"""

import dataclasses
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path, PurePosixPath
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
from publisher.pipeline.machine import PARENT_BYTES, WORKER_BYTES, Cores, cores_of_machine, memory_of_machine
from publisher.pipeline.tree_stamp import tree_stamp
from publisher.reporting import Meter, Reporter

if TYPE_CHECKING:
    from publisher.formats.redaction import Redaction
    from publisher.render.html import Renderer
    from publisher.render.static import StaticFiles
    from publisher.render.theme import Theme
    from publisher.sources.registry import Registry
    from publisher.sources.worker_pool import WorkerPool

T = TypeVar("T")

CARD = "card "
"""Steps whose name begins so keep what the front page tells of a study."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What the command line says of one build.

    ``studies`` limits it to some studies, ``today`` decides on embargoes. ``memory_bytes`` bounds what conversions
    take, over all processes; ``threads`` is how many cores are used at once, by threads or processes, None for all.
    ``send``: to ``build.data_store``, where the site has one.
    """

    today: date
    studies: tuple[str, ...] = ()
    drafts: bool = False
    force: bool = False
    threads: int | None = None
    send: bool = False
    memory_bytes: int | None = None
    inspect_timeout_s: float = 120.0
    convert_timeout_s: float = 24 * 3600.0


class Site:
    """A site during one build. It collects warnings and problems; it decides nothing."""

    def __init__(
        self, config: SiteConfig, paths: SitePaths, ledger: Ledger, reporter: Reporter, options: BuildOptions
    ) -> None:
        self.config = config
        self.paths = paths
        self.ledger = ledger
        self.reporter = reporter
        self.options = options
        self.warnings: dict[Problem, None] = {}
        self.notes: dict[str, None] = {}
        self.cores = Cores(options.threads or cores_of_machine())
        self._pool: WorkerPool | None = None
        self._starting, self._telling = threading.Lock(), threading.Lock()
        self._warming: list[threading.Thread] = []
        self._work = ExitStack()
        self._templates: dict[str, str] = {}

    def close(self) -> None:
        """End all that goes on."""
        self.cores.close()
        if self._pool is not None:
            self._pool.close()
        for thread in self._warming:
            thread.join()
        self._work.close()

    # Keys

    @cached_property
    def key(self) -> str:
        """Changes with anything that can change every page: settings, the theme's files, this package."""
        themes = [self.paths.root / "themes", *self._theme_folders()]
        overrides = [self.paths.root / self.config.theme.overrides] if self.config.theme.overrides else []
        package = Path(__file__).parents[1]
        return digest_json(
            [
                self.config.model_dump(mode="json"),
                self.options.drafts,
                __version__,
                tree_stamp([*themes, *overrides, package]),
            ]
        )

    def _theme_folders(self) -> list[Path]:
        from publisher.resources import themes_folder

        shipped = themes_folder()
        installed = self.ledger.memo("theme", "folders") or []
        return [shipped, *(Path(f) for f in installed if not Path(f).is_relative_to(shipped))]

    def check_theme(self) -> None:
        """Raise ThemeError while the theme cannot be used: unknown, not whole, or with templates that are no Jinja."""
        own = self.paths.root
        folders = {layer.templates.parent for layer in self.theme.layers}
        self.ledger.remember("theme", "folders", sorted(str(f) for f in folders if not f.is_relative_to(own)))
        for template in self.renderer.environment.list_templates():
            if "/" not in template:
                self._template_digest(template)

    # Tools

    @cached_property
    def registry(self) -> "Registry":
        """Installed readers."""
        from publisher.sources.registry import installed_readers

        return installed_readers()

    @property
    def pool(self) -> "WorkerPool":
        """The processes that open files others made; started when they are first needed."""
        with self._starting:
            if self._pool is None:
                from publisher.sources.worker_pool import WorkerPool

                self._pool = WorkerPool(self.most_workers, self.worker_memory_bytes)
            return self._pool

    @property
    def memory_bytes(self) -> int:
        """Memory that all conversions may take together: `--memory`, else three quarters of the machine."""
        return self.options.memory_bytes or memory_of_machine() * 3 // 4

    @property
    def most_workers(self) -> int:
        """Processes that may run at once: one a core, while each has memory enough to be of use."""
        return max(1, min(self.cores.count, (self.memory_bytes - PARENT_BYTES) // WORKER_BYTES))

    @property
    def worker_memory_bytes(self) -> int:
        """Address space of a worker: `--memory` with room for libraries, else three quarters of the machine."""
        if self.options.memory_bytes:
            return max(self.options.memory_bytes, 512 << 20) + (2 << 30)
        return self.memory_bytes

    def memory_for(self, cores: int) -> int:
        """What a conversion that holds ``cores`` may take: its share; all of them together, all."""
        return self.memory_bytes if cores == self.cores.count else self.memory_bytes * cores // self.cores.count

    def warm_up(self, *modules: str) -> None:
        """Have a worker load ``modules`` while this process goes on planning."""

        def warm() -> None:
            with suppress(PublisherError, InterruptedError):
                self.pool.warm_up(modules)

        self._warming.append(threading.Thread(target=warm, name="warm-up", daemon=True))
        self._warming[-1].start()

    @contextmanager
    def threads(self, count: int) -> Iterator[ThreadPoolExecutor]:
        """Threads that wait for workers; when the build is stopped nobody waits for them."""
        pool = ThreadPoolExecutor(count, thread_name_prefix="waiting")
        try:
            yield pool
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def work(self, title: str, total: int) -> Meter:
        """A bar for bytes to be written, which ends when all are, or with the build."""
        return self._work.enter_context(self.reporter.work(title, total, "bytes"))

    @cached_property
    def redaction(self) -> "Redaction":
        """What stays private."""
        from publisher.formats.redaction import Redaction

        return Redaction(redact=self.config.privacy.redact, keep=self.config.privacy.keep)

    @cached_property
    def theme(self) -> "Theme":
        """The site's theme."""
        from publisher.render.theme import installed_themes, load_theme

        return load_theme(self.config.theme, self.paths.root, installed_themes())

    @cached_property
    def static(self) -> "StaticFiles":
        """The theme's static files under their published names."""
        from publisher.render.static import static_files

        return static_files(self.theme)

    @cached_property
    def renderer(self) -> "Renderer":
        """Templates and what they know of the site."""
        from publisher.render.context import site_context
        from publisher.render.html import Renderer

        context = site_context(self.config, self.theme, self.static)
        return Renderer(self.theme, context, compiled=self.paths.work / "templates")

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
        with self.cores.taken(1):
            return self.call_holding(function, path, *args, **options)

    def call_holding(self, function: Callable[..., T], path: Location, *args: Any, **options: Any) -> T:
        """As `call`, for somebody who holds the cores that it takes."""
        try:
            return self.pool.call(function, *args, about=path, **options)
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
            stage.write(page.url, self.renderer.render(page))
            stage.write(urls.sibling_json(page.url), document)

        return Step(
            name=page_name(page.url), action=write, params=[document.decode(), self._template_digest(page.template)]
        )

    def _template_digest(self, template: str) -> str:
        """What a page depends on beside its model: template closure and site context, remembered between builds."""
        if template not in self._templates:
            known = self.ledger.memo("template", template)
            if known is None or known[0] != self.key:
                known = [self.key, self.renderer.fingerprint(template)]
                self.ledger.remember("template", template, known)
            self._templates[template] = known[1]
        return self._templates[template]


def page_name(url: PurePosixPath) -> str:
    """Name of the step that writes a page."""
    return f"page {url}"
