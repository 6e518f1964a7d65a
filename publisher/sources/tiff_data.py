"""Which TIFF directory holds which plane: OME-XML's TiffData, read by its own rules.

Source: the OME-TIFF specification, "The TiffData element". No library's series are relied on here:
two well-known ones disagree on every fourth real file.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from publisher.sources.damage import damaged

ORDERS = frozenset({"XYZCT", "XYZTC", "XYCTZ", "XYCZT", "XYTCZ", "XYTZC"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TiffData:
    """One TiffData element. ``ifd`` and ``plane_count`` are None where it leaves them out.

    ``file_name`` and ``uuid`` are of its UUID child; both are empty for the file that holds the XML.
    """

    ifd: int | None = None
    plane_count: int | None = None
    first_z: int = 0
    first_c: int = 0
    first_t: int = 0
    uuid: str = ""
    file_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneSizes:
    """Planes of one image: ``c`` counts planes, not samples. ``order`` is OME's DimensionOrder."""

    z: int
    c: int
    t: int
    order: str = "XYZCT"

    @property
    def count(self) -> int:
        """All planes."""
        return self.z * self.c * self.t

    def rank(self, z: int, c: int, t: int) -> int:
        """Position of a plane in the image's own DimensionOrder."""
        rank, step = 0, 1
        for letter in self.order[2:]:
            size, value = {"Z": (self.z, z), "C": (self.c, c), "T": (self.t, t)}[letter]
            rank += value * step
            step *= size
        return rank

    def place(self, rank: int) -> tuple[int, int, int]:
        """(z, c, t) of the plane at ``rank``."""
        found: dict[str, int] = {}
        for letter in self.order[2:]:
            size = {"Z": self.z, "C": self.c, "T": self.t}[letter]
            rank, found[letter] = divmod(rank, size)
        return found["Z"], found["C"], found["T"]


def read_tiff_data(attributes: Mapping[str, str], uuid: str, file_name: str, *, name: str) -> TiffData:
    """A TiffData from its XML attributes; ``name`` is the file that problems are about."""

    def number(key: str) -> int | None:
        text = attributes.get(key)
        if text is None or not text.strip():
            return None
        try:
            value = int(text)
        except ValueError:
            value = -1
        if not 0 <= value < 2**31:
            raise damaged(name, f"TiffData has {key}={text[:40]!r}, expected a whole number from 0")
        return value

    return TiffData(
        ifd=number("IFD"),
        plane_count=number("NumPlanes" if "NumPlanes" in attributes else "PlaneCount"),  # its name before 2008
        first_z=number("FirstZ") or 0,
        first_c=number("FirstC") or 0,
        first_t=number("FirstT") or 0,
        uuid=uuid.strip(),
        file_name=file_name,
    )


def map_planes(
    sizes: PlaneSizes, elements: Iterable[TiffData], directories_of: Callable[[TiffData], tuple[int, int]], *, name: str
) -> list[tuple[int, int]]:
    """(file, directory) of every plane, in order T, C, Z with z fastest.

    ``directories_of`` gives the number of the file a TiffData refers to and how many directories it has.
    Raises DamagedSourceError for a plane without a directory: it is never filled in.
    """
    elements = _from_zero(sizes, tuple(elements))
    _check_reach(sizes, elements, directories_of, name)
    found: list[tuple[int, int] | None] = [None] * sizes.count
    placed = 0
    for element in elements:
        file, available = directories_of(element)
        start = sizes.rank(element.first_z, element.first_c, element.first_t)
        first = element.ifd or 0
        count = element.plane_count
        if count is None:
            # "If IFD is given PlaneCount defaults to 1, else to the number of IFDs": OME-TIFF specification.
            count = min(available, sizes.count - start) if element.ifd is None else 1
        inside = element.first_z < sizes.z and element.first_c < sizes.c and element.first_t < sizes.t
        if not inside or start + count > sizes.count:
            raise damaged(name, f"{_words(element)} places {count} planes outside Z={sizes.z} C={sizes.c} T={sizes.t}")
        if first + count > available:
            message = f"{_words(element)} needs directories {first} to {first + count - 1}, the file has {available}"
            raise damaged(name, message, code="source.missing-planes", hint="copy all files of the set again")
        placed += count
        if placed > 4 * sizes.count:
            raise damaged(name, f"places more than four times its {sizes.count} planes")
        for step in range(count):
            z, c, t = sizes.place(start + step)
            found[(t * sizes.c + c) * sizes.z + z] = (file, first + step)
    missing = found.count(None)
    if missing:
        z, c, t = _first_gap(sizes, found)
        message = f"has no pixels for {missing} of {sizes.count} planes, the first at z={z} c={c} t={t}"
        raise damaged(name, message, code="source.missing-planes", hint="copy all files of the set again")
    return [place for place in found if place is not None]


def _check_reach(
    sizes: PlaneSizes, elements: tuple[TiffData, ...], directories_of: Callable[[TiffData], tuple[int, int]], name: str
) -> None:
    """Declared planes against directories that exist, before anything of the declared size is made."""
    reach = sum(dict(map(directories_of, elements)).values())
    if sizes.count > reach:
        message = f"declares {sizes.count} planes (Z={sizes.z} C={sizes.c} T={sizes.t}), its files hold {reach}"
        raise damaged(name, message, code="source.missing-planes", hint="copy all files of the set again")


def _from_zero(sizes: PlaneSizes, elements: tuple[TiffData, ...]) -> tuple[TiffData, ...]:
    """Some writers count FirstZ, FirstC and FirstT from 1, which shows when no 0 and the size itself occur."""

    def base(values: list[int], size: int) -> int:
        return 1 if values and min(values) == 1 and max(values) == size else 0

    z = base([element.first_z for element in elements], sizes.z)
    c = base([element.first_c for element in elements], sizes.c)
    t = base([element.first_t for element in elements], sizes.t)
    if not (z or c or t):
        return elements
    return tuple(
        TiffData(
            ifd=element.ifd,
            plane_count=element.plane_count,
            first_z=element.first_z - z,
            first_c=element.first_c - c,
            first_t=element.first_t - t,
            uuid=element.uuid,
            file_name=element.file_name,
        )
        for element in elements
    )


def _first_gap(sizes: PlaneSizes, found: list[tuple[int, int] | None]) -> tuple[int, int, int]:
    index = found.index(None)
    return index % sizes.z, index // sizes.z % sizes.c, index // (sizes.z * sizes.c)


def _words(element: TiffData) -> str:
    where = f" of {element.file_name!r}" if element.file_name else ""
    return f"TiffData IFD={element.ifd or 0}{where}"
