"""The rivals of convert.py: from where each comes, which script runs it, and an environment of its own for each."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).parent / "contenders" / "convert"


@dataclass(frozen=True, slots=True)
class Rival:
    """A converter that can be installed from PyPI."""

    name: str
    script: str
    packages: tuple[str, ...]

    def python(self, cache: Path) -> Path | None:
        """The interpreter of its environment, made when it is missing; None where it cannot be installed."""
        folder = cache / self.name
        python = folder / "bin" / "python"
        if not (folder / "installed").exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
            done = subprocess.run([str(python), "-m", "pip", "install", "--quiet", *self.packages])
            if done.returncode:
                return None
            (folder / "installed").touch()
        return python

    def version(self, python: Path) -> str:
        """The installed version."""
        code = f"import importlib.metadata as m; print(m.version({self.name!r}))"
        return subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True).stdout.strip()


RIVALS = (
    Rival("ome-zarr", "ome_zarr_py.py", ("ome-zarr", "tifffile", "imagecodecs")),
    Rival("ngff-zarr", "ngff_zarr_library.py", ("ngff-zarr[cli]", "tifffile", "imagecodecs")),
    Rival("iohub", "iohub_fov.py", ("iohub>=0.3", "tifffile", "imagecodecs")),
    Rival("bioio-conversion", "bioio_convert.py", ("bioio-conversion", "bioio-ome-tiff", "tifffile", "imagecodecs")),
    Rival("acquire-zarr", "acquire.py", ("acquire-zarr", "tifffile", "imagecodecs")),
)
