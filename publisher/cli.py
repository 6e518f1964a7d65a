"""The command line: finds the one command asked for, and turns errors into exit codes.

Exit codes: 0 done, 1 problems found, 2 wrong usage, 3 a bug of ours (with a traceback).
"""

import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import click

from publisher import __version__
from publisher.errors import Problem, PublisherError, refusal
from publisher.reporting import PlainReporter

COMMANDS = {
    "new": "Make a new site that builds as it is.",
    "add": "Look at image files and write a study for them.",
    "inspect": "Show what an image file holds.",
    "convert": "Convert one image file to OME-Zarr, without a site.",
    "plan": "Show what a build would do, and why.",
    "build": "Bring the site up to date.",
    "lint": "Say what a curator should mend or add.",
    "check": "Judge a site, or any OME-Zarr, byte by byte if asked.",
    "serve": "Build, preview in a browser, and rebuild on change.",
}


class LazyGroup(click.Group):
    """Imports a command's module when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, in the order of a curator's day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"publisher.commands.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say where the documentation is on this computer."""
        from publisher.resources import documentation  # late: a command does not need it

        formatter.write_paragraph()
        formatter.write_text(f"Documentation: {documentation() / 'index.md'}")

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="publisher")
def cli() -> None:
    """Turn curated OME image datasets into a web site of static files whose pixels stream as OME-Zarr.

    Start with `publisher new mysite`, then `cd mysite` and `publisher serve`.
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    try:
        result = cli.main(args=list(arguments), prog_name="publisher", standalone_mode=False)
    except click.UsageError as error:
        error.show(sys.stderr)
        return 2
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("stopped; what was published stands as it was", file=sys.stderr)
        return 1
    except PublisherError as error:
        return _told(error.problems, arguments)
    except BrokenPipeError:
        _leave_quietly()
        return 1
    except OSError as error:
        return _told((refusal(error),), arguments)
    except Exception:
        import traceback  # late: only a bug pays for it

        traceback.print_exc()
        print("\nThis is a bug in publisher. Please report it with the lines above.", file=sys.stderr)
        return 3
    return result if isinstance(result, int) else 0


def _told(problems: tuple[Problem, ...], arguments: Sequence[str]) -> int:
    """Tell why the command ended, in JSON too where that was asked for."""
    PlainReporter(sys.stderr).problems(problems)
    if "--json" in arguments:
        import json  # late: only programs ask for it

        from publisher.commands.words import problem_json  # late, as above

        print(json.dumps({"problems": [problem_json(problem) for problem in problems]}, indent=2))
    return 1


def _leave_quietly() -> None:
    """Whoever read our output has gone (``| head``): nothing more is to be said, not even at exit."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
