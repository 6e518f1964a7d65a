"""Starts the command line: ``python -m publisher`` and the ``publisher`` script."""

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from publisher.cli import run  # late: a mistyped command must not cost an import

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
