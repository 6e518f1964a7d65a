"""Code that opens an image by its true address, ready to copy."""

import json
import re
from dataclasses import dataclass

from publisher.formats.ngff_version import ZARR_2_ATTRIBUTES, ZARR_3, newest, writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """One way to open the data: ``title`` names the tool, ``code`` is what to run, in ``language``."""

    title: str
    code: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What is opened: the address of an image's store, the setting ``zarr.version``, and its first level.

    ``shape`` (empty where unknown) is in the order of ``axes``; ``level`` is the path below the store.
    """

    url: str
    ome_zarr: str
    shape: tuple[int, ...] = ()
    axes: str = "tczyx"
    level: str = "0"


def image_snippets(opening: Opening) -> tuple[Snippet, ...]:
    """Snippets for one image; Fiji's and QuPath's only where 0.4 metadata exists (neither is known to read 0.5).

    QuPath opens addresses of filesets, not of images in them, since 0.6 (qupath#1474, #1638).
    """
    url, shape = json.dumps(opening.url), opening.shape
    seen = f"  # {shape}, axes {', '.join(opening.axes)}" if shape else ""
    plane = ", ".join(":" if axis in "yx" else "0" for axis in opening.axes).removesuffix(", :, :")
    shell = _shell_word(opening.url)
    attributes = ZARR_2_ATTRIBUTES if newest(opening.ome_zarr) == "0.4" else ZARR_3
    snippets = [
        Snippet(
            title="napari",
            language="shell",
            code=f"pip install napari napari-ome-zarr\nnapari --plugin napari-ome-zarr {shell}",
        ),
        Snippet(
            title="Python",
            language="python",
            code=f'import zarr  # pip install "zarr>=3" aiohttp fsspec\n\nimage = zarr.open_group({url}, mode="r")\n'
            f"pixels = image[{json.dumps(opening.level)}]\nprint(pixels.shape){seen}\n"
            f"plane = pixels[{plane}]  # fetches only the chunks of one plane",
        ),
        Snippet(
            title="ome-zarr",
            language="shell",
            code=f"pip install ome-zarr\nome_zarr info {shell}\nome_zarr download {shell} --output .",
        ),
        Snippet(title="curl", language="shell", code=f"curl -s {_shell_word(opening.url + '/' + attributes)}"),
    ]
    if writes(opening.ome_zarr, "0.4"):
        macro = opening.url.replace("\\", "/").replace('"', "%22")
        snippets.append(Snippet(title="Fiji", language="ImageJ macro", code=f'run("OME-Zarr...", "url={macro}");'))
        fileset = re.sub(r"(\.zarr)/.*", r"\1", opening.url)
        snippets.append(Snippet(title="QuPath", language="text", code=f"File > Open URI...\n{fileset}"))
    return tuple(snippets)


def _shell_word(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_./:%@+=,~-]+", text) else "'" + text.replace("'", "'\"'\"'") + "'"
