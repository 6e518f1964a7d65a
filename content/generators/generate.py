"""Makes every image of the example site again: ``python content/generators/generate.py [studies folder]``.

Needs numpy and tifffile, and for the real pictures Pillow and scikit-image. Takes about two minutes.
"""

import sys
from pathlib import Path

import real_pictures
import simulate_mitosis
import simulate_plate
import simulate_screen


def main() -> None:
    """Write all images below the folder named, by default content/studies."""
    studies = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "studies"
    real_pictures.write(studies)
    simulate_mitosis.write(studies)
    simulate_screen.write(studies)
    simulate_plate.write(studies)


if __name__ == "__main__":
    main()
