"""``publisher serve``: build, preview, rebuild on change."""

import signal
import sys
import time
import webbrowser
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import click

from publisher.commands.options import drafts_option, output_option, reporter, site_option
from publisher.commands.words import build_lines
from publisher.errors import PublisherError


@click.command(name="serve")
@site_option
@output_option
@drafts_option
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Address to listen on; others can see it only if you say so.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=None,
    metavar="N",
    help="Port; the first free one from 8000 on by default.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the site in a browser.")
@click.option("--no-build", is_flag=True, help="Serve what is there, without building or watching.")
def command(
    root: Path, output: Path | None, drafts: bool, host: str, port: int | None, open_browser: bool, no_build: bool
) -> int:
    """Build the site, show it at a local address, and build again whenever a file changes.

    Pages, thumbnails and Zarr are answered as a real host would: byte ranges, CORS, 404 pages.
    """
    # Late: help must not wait for what only a run needs.
    from publisher.config.load import load_config
    from publisher.preview.reload import Reloads
    from publisher.preview.server import serve
    from publisher.preview.watch import watch_in_background

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended as by Ctrl-C: watching stops, the port goes
    config, paths = load_config(root, output=output)
    folder = paths.output
    reloads = Reloads()
    stop: Callable[[], None] = lambda: None  # noqa: E731  # replaced below when there is something to stop
    if not no_build:
        rebuild = _rebuilder(root, output, drafts)
        rebuild(frozenset())
        watched = (paths.config, paths.content, paths.root / "themes")
        stop = watch_in_background(watched, rebuild, reloads, ignored=(folder, paths.work))

    def ready(url: str) -> None:
        click.echo(f"{config.title}: {url}  (stop with Ctrl-C)")
        if open_browser:
            webbrowser.open(url)

    try:
        base_path = urlsplit(config.base_url or "").path or "/"
        serve(folder, host=host, port=port, base_path=base_path, reloads=None if no_build else reloads, on_ready=ready)
    finally:
        stop()
    return 0


def _rebuilder(root: Path, output: Path | None, drafts: bool) -> Callable[[frozenset[Path]], bool]:
    """A function that builds, reports its own problems, and says whether anything changed."""

    from publisher.pipeline import BuildOptions, build  # late, as above

    told = reporter()

    def rebuild(_changed: frozenset[Path]) -> bool:
        started = time.monotonic()
        options = BuildOptions(today=date.today(), drafts=drafts)  # noqa: DTZ011  # local day
        try:
            outcome = build(root, options, told, output=output)
        except PublisherError as error:
            told.problems(error.problems)
            return False
        finally:
            told.rest()
        line = next(build_lines(outcome, time.monotonic() - started), "")
        print(line, file=sys.stderr)
        return bool(outcome.report.ran or outcome.report.pruned)

    return rebuild
