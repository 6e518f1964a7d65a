"""One image: its pixels' shape and meaning, never the pixels themselves."""

from dataclasses import dataclass

from publisher.model.acquisition import Section
from publisher.model.annotation import Annotation, OriginalMetadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """Shape and meaning of one image's samples; arrays are always ordered T, C, Z, Y, X.

    ``dtype`` is a numpy name ("uint16"), as in the source. ``pixel_size_um`` is (z, y, x), None where
    unknown. ``size_c`` counts published channels: an RGB image has three.
    """

    size_x: int
    size_y: int
    size_z: int = 1
    size_c: int = 1
    size_t: int = 1
    dtype: str
    pixel_size_um: tuple[float | None, float | None, float | None] = (None, None, None)
    time_increment_s: float | None = None
    significant_bits: int | None = None

    @property
    def shape(self) -> tuple[int, int, int, int, int]:
        """(T, C, Z, Y, X)."""
        return self.size_t, self.size_c, self.size_z, self.size_y, self.size_x


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One published channel; ``color`` is "RRGGBB" in upper case, None when the source says nothing."""

    name: str = ""
    color: str | None = None
    emission_nm: float | None = None
    excitation_nm: float | None = None
    window: tuple[float, float] | None = None
    fluor: str = ""


_SLIDE_PICTURES = frozenset({"label image", "macro image", "macro mask image"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image (series) as its source describes it.

    ``series`` is the index inside the source file (Bio-Formats' word). ``rgb`` is true when channels
    are colour samples of one picture, to be shown in their own range as red, green, blue.
    ``ome_id`` is the ID in the source's own OME-XML ("Image:0"), empty when it has none.
    ``acquired`` is ISO 8601.
    """

    series: int
    name: str
    pixels: Pixels
    channels: tuple[Channel, ...]
    description: str = ""
    acquired: str | None = None
    rgb: bool = False
    ome_id: str = ""
    annotations: tuple[Annotation, ...] = ()
    roi_count: int = 0
    mask_count: int = 0
    """Regions of its document that have masks."""
    acquisition: tuple[Section, ...] = ()
    """How it was taken: microscope, settings, planes, experiment, then a section of kind "Channel" for each Channel."""
    original: OriginalMetadata | None = None
    """What the file says in its vendor's own words."""
    people: tuple[tuple[str, str], ...] = ()
    """Given and family names that the document tells of; never shown, but for redaction to know."""

    @property
    def is_slide_picture(self) -> bool:
        """Whether this is the photograph of a slide's label, or of the whole slide, beside a scan.

        Bio-Formats, which writes most OME-TIFF and OME-Zarr made of slides, calls them "label image" and "macro image".
        """
        return self.series > 0 and self.rgb and self.name.strip().lower() in _SLIDE_PICTURES


@dataclass(frozen=True, slots=True)
class ImageRef:
    """Where an image's pixels are: ``path`` of its fileset relative to the study, and the series in it."""

    path: str
    series: int
