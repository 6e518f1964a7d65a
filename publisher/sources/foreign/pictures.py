"""PNG, JPEG, GIF, BMP and WebP: pictures with one plane, or frames that follow each other in time.

Pixels are those that are stored: an orientation in the EXIF data is told, not applied, as other programs of the field
do, so that regions and masks drawn on the file fit. A palette is looked up.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from publisher.errors import Problem
from publisher.model.identity import stem
from publisher.model.image import Channel, Image, Pixels
from publisher.sources.damage import damage_boundary, damaged, unsupported, warning
from publisher.sources.foreign.raw_planes import files_of
from publisher.sources.foreign.stored_bytes import check_regular
from publisher.sources.protocol import ImageSource, Roots, SourceFile, TileGrid

if TYPE_CHECKING:  # an inspection needs no array
    from numpy.typing import NDArray

_KINDS = (
    (b"\x89PNG\r\n\x1a\n", 0, "PngImagePlugin", "PngImageFile"),
    (b"\xff\xd8\xff", 0, "JpegImagePlugin", "JpegImageFile"),
    (b"GIF8", 0, "GifImagePlugin", "GifImageFile"),
    (b"BM", 0, "BmpImagePlugin", "BmpImageFile"),
    (b"WEBP", 8, "WebPImagePlugin", "WebPImageFile"),
)
"""First bytes, where they stand, and the class of Pillow that reads such a file (`Image.open` would ask them all)."""
_MOST_BYTES = 1 << 30
_MOST_FRAMES = 100_000
_ORIENTATION = 0x0112
_PNG_SIXTEEN_BITS = 16
_COLOURS = (("Red", "FF0000"), ("Green", "00FF00"), ("Blue", "0000FF"), ("Alpha", "FFFFFF"))


@dataclass(frozen=True, slots=True)
class _Form:
    """In which form pixels of one of Pillow's modes are delivered: its name for them, numpy type, channels."""

    mode: str
    dtype: str
    channels: int


_FORMS = {
    "1": _Form("L", "uint8", 1),
    "L": _Form("L", "uint8", 1),
    "LA": _Form("LA", "uint8", 2),
    "RGB": _Form("RGB", "uint8", 3),
    "RGBX": _Form("RGB", "uint8", 3),
    "RGBA": _Form("RGBA", "uint8", 4),
    "CMYK": _Form("RGB", "uint8", 3),
    "YCbCr": _Form("RGB", "uint8", 3),
    "I;16": _Form("I;16", "uint16", 1),
    "I;16B": _Form("I;16B", "uint16", 1),
    "I": _Form("I", "int32", 1),
}


class PictureReader:
    """Reads pictures."""

    name = "picture"
    suffixes: tuple[str, ...] = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp")
    revision = 1

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether the name and the first bytes are those of a picture."""
        return path.name.lower().endswith(self.suffixes) and _kind(head) is not None

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> PictureSource:
        """Open ``path``; raises DamagedSourceError for pictures too large to be decoded at once."""
        real = roots.resolve(path)
        with damage_boundary(path, "opening"):
            check_regular(real)
            with real.open("rb") as file:
                kind = _kind(file.read(16))
            if kind is None:
                raise damaged(path, "does not begin as a PNG, JPEG, GIF, BMP or WebP file")
            return PictureSource(real, str(path), kind)


def _kind(head: bytes) -> tuple[str, str] | None:
    found = ((module, name) for mark, place, module, name in _KINDS if head[place : place + len(mark)] == mark)
    return next(found, None)


class PictureSource(ImageSource):
    """One opened picture. The frame that was asked for last is kept."""

    def __init__(self, path: Path, name: str, kind: tuple[str, str]) -> None:
        self._path, self._name = path, name
        self._lock = threading.Lock()
        self._kept: tuple[int, NDArray[Any]] | None = None
        self._warnings: tuple[Problem, ...] = ()
        self._file = path.open("rb")
        try:
            # Pillow is imported where a picture is opened, and nowhere before.
            opened: Any = getattr(import_module(f"PIL.{kind[0]}"), kind[1])(self._file)
            self._picture = opened
            self._form, self._sixteen = self._find_form()
            self._image = self._describe()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._kept = None
        self._picture.close()
        self._file.close()

    def identity(self) -> tuple[SourceFile, ...]:
        """The one file."""
        return files_of([self._path])

    def document(self) -> bytes | None:
        """Nothing: what stands in a picture besides pixels is about a camera and its owner."""
        return None

    def warnings(self) -> tuple[Problem, ...]:
        """What the curator should know."""
        return self._warnings

    def images(self) -> Sequence[Image]:
        """The one image; the frames of an animation are its times."""
        return (self._image,)

    def levels(self, series: int) -> Sequence[tuple[int, int]]:
        """Full size only."""
        return ((self._image.pixels.size_y, self._image.pixels.size_x),)

    def tiling(self, series: int, level: int) -> TileGrid:
        """The whole plane: it is decoded at once."""
        pixels = self._image.pixels
        size = self._path.stat().st_size
        return TileGrid(height=pixels.size_y, width=pixels.size_x, samples=pixels.size_c, coded_bytes=size)

    def read(self, series: int, level: int, *, t: int, z: int, c: slice, y: slice, x: slice) -> NDArray[Any]:
        """Pixels (C, Y, X) of one block, clipped to the plane."""
        if level or z or not 0 <= t < self._image.pixels.size_t:
            raise IndexError(f"no plane t={t} z={z} at level {level}")
        with self._lock:
            if self._kept is None or self._kept[0] != t:
                self._kept = None  # two decoded frames at once would be twice what was allowed
                with damage_boundary(self._name, "decoding"):
                    self._kept = t, self._decoded(t)
            frame = self._kept[1]
        return frame[y, x, c].transpose(2, 0, 1)

    def _decoded(self, frame: int) -> NDArray[Any]:
        """One frame, (Y, X, C)."""
        import numpy as np  # with the first pixel

        pixels = self._image.pixels
        if self._sixteen:
            import imagecodecs  # Pillow keeps 8 of 16 bits of colour

            found = imagecodecs.png_decode(self._path.read_bytes())
        else:
            if frame or pixels.size_t > 1:
                self._picture.seek(frame)
            shown = self._picture if self._picture.mode == self._form.mode else self._picture.convert(self._form.mode)
            found = np.asarray(shown)
            if shown is not self._picture:
                shown.close()
        found = found.reshape(*found.shape[:2], -1)
        if found.shape != (pixels.size_y, pixels.size_x, pixels.size_c):
            raise damaged(self._name, f"decodes to {found.shape}, expected {pixels.shape[3:]} of {pixels.size_c}")
        return found.astype(pixels.dtype, copy=False)

    def _find_form(self) -> tuple[_Form, bool]:
        """The form of pixels, and whether it is a PNG with 16 bits of each colour."""
        mode = self._picture.mode
        if mode == "P":
            return self._palette_form(), False
        if self._picture.format == "PNG":
            self._file.seek(24)
            bits, colour = self._file.read(2)
            if bits == _PNG_SIXTEEN_BITS and colour in (2, 4, 6):
                channels = {2: 3, 4: 2, 6: 4}[colour]
                return _Form(mode, "uint16", channels), True
        if mode not in _FORMS:
            raise unsupported(self._name, f"holds pixels of mode {mode!r}, read are {', '.join(_FORMS)} and palettes")
        if mode == "CMYK":
            message = "holds colours of print (CMYK): published as red, green and blue"
            self._warnings += (warning(self._name, "source.cmyk", message),)
        return _FORMS[mode], False

    def _palette_form(self) -> _Form:
        """Grey where every colour of the palette is, else red, green and blue, with alpha where there is some."""
        if "transparency" in self._picture.info:
            return _FORMS["RGBA"]
        colours = self._picture.getpalette() or []
        grey = all(colours[place] == colours[place + 1] == colours[place + 2] for place in range(0, len(colours), 3))
        frames = getattr(self._picture, "n_frames", 1)
        return _FORMS["L"] if grey and frames == 1 else _FORMS["RGB"]

    def _describe(self) -> Image:
        width, height = self._picture.size
        form = self._form
        frames = int(getattr(self._picture, "n_frames", 1))
        if frames > 1 and form.mode not in ("L", "RGB", "RGBA"):
            form = self._form = _FORMS["RGBA"]
        if frames > 1 and form.mode != "RGBA":
            form = self._form = _FORMS["RGB"]  # a palette may change from frame to frame
        item = {"uint8": 1, "uint16": 2, "int32": 4}[form.dtype]
        if width * height * form.channels * item > _MOST_BYTES or frames > _MOST_FRAMES:
            message = (
                f"holds {frames} frames of {height} x {width} pixels, at most {_MOST_BYTES} bytes are read at once"
            )
            hint = "convert it to a TIFF in tiles of 512 x 512 pixels"
            raise damaged(self._name, message, code="source.too-large", hint=hint)
        turned = self._picture.getexif().get(_ORIENTATION, 1)
        if turned in range(2, 9):
            message = f"asks to be shown turned or mirrored (EXIF orientation {turned}): published as it is stored"
            hint = "turn it with a program that changes the pixels, if it should be published the other way"
            self._warnings += (warning(self._name, "source.orientation", message, hint=hint),)
        pixels = Pixels(size_x=width, size_y=height, size_c=form.channels, size_t=frames, dtype=form.dtype)
        rgb = form.channels >= 3
        channels = (
            tuple(Channel(name=name, color=color) for name, color in _COLOURS[: form.channels])
            if rgb
            else (Channel(), Channel(name="Alpha"))[: form.channels]
        )
        return Image(series=0, name=stem(self._name), pixels=pixels, channels=channels, rgb=rgb)
