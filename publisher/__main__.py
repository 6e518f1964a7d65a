"""Starts the command line: ``python -m publisher`` and the ``publisher`` script."""

import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    # pydantic looks through all installed packages for plugins at import: 40 ms for something we do not use.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from publisher.cli import run  # late: a mistyped command must not cost an import

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
