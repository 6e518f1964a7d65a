"""Builders of tiny image files. Libraries are imported by the function that needs them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OME_TYPES = {"float32": "float", "float64": "double", "complex64": "complex", "bool": "bit"}
_NAMESPACE = "http://www.openmicroscopy.org/Schemas/OME/2016-06"


def planes(*, t: int = 1, c: int = 1, z: int = 1, y: int = 8, x: int = 12, dtype: str = "uint8") -> NDArray[Any]:
    """Pixels (T, C, Z, Y, X) of ``dtype`` in which no two planes and no two rows of a plane are equal."""
    import numpy as np

    values = np.arange(t * c * z * y * x, dtype="int64").reshape(t, c, z, y, x)
    mixed = (values * 2654435761) >> 7
    if dtype == "bool":
        mixed = mixed % 2
    pixels: NDArray[Any] = (mixed % (250 if dtype.endswith("8") else 65000)).astype(dtype)
    return pixels


def ome_xml(pixels: Sequence[NDArray[Any]], tiff_data: Sequence[str], **options: Any) -> str:
    """An OME-XML 2016-06 document: one Image for each of ``pixels`` (T, C, Z, Y, X), with its TiffData elements.

    Options: ``order`` (DimensionOrder), ``samples`` (SamplesPerPixel), ``channel_names``, ``uuid``,
    ``pixel_size_um`` (z, y, x), ``plates`` (Plate elements, see `plate_xml`), ``image_names`` ("" for none).
    """
    images = (
        _image_xml(number, each, data, options)
        for number, (each, data) in enumerate(zip(pixels, tiff_data, strict=True))
    )
    uuid = f" UUID={quoteattr(options['uuid'])}" if options.get("uuid") else ""
    plates = "".join(options.get("plates") or ())
    return f'<?xml version="1.0" encoding="UTF-8"?><OME xmlns="{_NAMESPACE}"{uuid}>{plates}{"".join(images)}</OME>'


def plate_xml(
    wells: Mapping[tuple[int, int], Sequence[int | str | None]],
    acquisitions: Sequence[Sequence[int]] = (),
    *,
    number: int = 0,
    attributes: str = 'Name="HT.01"',
) -> str:
    """A Plate element. ``wells``: the images of each well by (row, column): numbers, IDs, or None for a sample without.

    ``acquisitions``: the samples of each PlateAcquisition, counted over all wells from 0. ``number`` is the plate's.
    """
    samples = 0
    parts = []
    for at, ((row, column), images) in enumerate(wells.items()):
        parts.append(f'<Well ID="Well:{number}:{at}" Row="{row}" Column="{column}">')
        for image in images:
            identifier = f"Image:{image}" if isinstance(image, int) else image
            reference = "" if identifier is None else f"<ImageRef ID={quoteattr(identifier)}/>"
            sample = f'ID="WellSample:{number}:{samples}" Index="{samples}"'
            parts.append(f"<WellSample {sample}>{reference}</WellSample>")
            samples += 1
        parts.append("</Well>")
    for at, members in enumerate(acquisitions):
        references = "".join(f'<WellSampleRef ID="WellSample:{number}:{sample}"/>' for sample in members)
        parts.append(
            f'<PlateAcquisition ID="PlateAcquisition:{number}:{at}" Name="run {at + 1}">{references}</PlateAcquisition>'
        )
    return f'<Plate ID="Plate:{number}" {attributes}>{"".join(parts)}</Plate>'


def _image_xml(number: int, pixels: NDArray[Any], tiff_data: str, options: Mapping[str, Any]) -> str:
    size_t, size_c, size_z, size_y, size_x = pixels.shape
    kind, samples = _OME_TYPES.get(pixels.dtype.name, pixels.dtype.name), options.get("samples", 1)
    names = options.get("channel_names") or ()
    image_names = options.get("image_names")
    name = f"image {number}" if image_names is None else image_names[number]
    named = f" Name={quoteattr(name)}" if name else ""
    sizes = zip("ZYX", options.get("pixel_size_um") or (), strict=False)
    physical = "".join(f' PhysicalSize{axis}="{size}"' for axis, size in sizes if size is not None)
    channels = "".join(
        f'<Channel ID="Channel:{number}:{index}" SamplesPerPixel="{samples}"'
        + (f" Name={quoteattr(names[index])}" if index < len(names) else "")
        + "/>"
        for index in range(size_c // samples)
    )
    return (
        f'<Image ID="Image:{number}"{named}><Pixels ID="Pixels:{number}"{physical}'
        f' DimensionOrder="{options.get("order", "XYZCT")}" Type="{kind}"'
        f' SizeX="{size_x}" SizeY="{size_y}" SizeZ="{size_z}" SizeC="{size_c}" SizeT="{size_t}">'
        f"{channels}{tiff_data}</Pixels></Image>"
    )


def in_order(pixels: NDArray[Any], order: str, samples: int = 1) -> list[NDArray[Any]]:
    """Planes of ``pixels`` (T, C, Z, Y, X) in an OME DimensionOrder: (Y, X), or (Y, X, samples) of several samples."""
    size = {"T": pixels.shape[0], "C": pixels.shape[1] // samples, "Z": pixels.shape[2]}
    first, second, third = order[2], order[3], order[4]
    found = []
    for slow in range(size[third]):
        for middle in range(size[second]):
            for fast in range(size[first]):
                at = {first: fast, second: middle, third: slow}
                plane = pixels[at["T"], at["C"] * samples : (at["C"] + 1) * samples, at["Z"]]
                found.append(plane[0] if samples == 1 else plane.transpose(1, 2, 0))
    return found


def write_ome_tiff(
    path: Path,
    *images: NDArray[Any],
    order: str = "XYZCT",
    samples: int = 1,
    planar: bool = False,
    levels: int = 1,
    bigtiff: bool = False,
    byteorder: str = "<",
    xml: str | None = None,
    channel_names: Sequence[str] = (),
    pixel_size_um: tuple[float | None, float | None, float | None] | None = None,
    plates: Sequence[str] = (),
    image_names: Sequence[str] | None = None,
    **write: Any,
) -> Path:
    """An OME-TIFF with one series for each of ``images`` (T, C, Z, Y, X).

    ``write`` goes to tifffile (tile, compression). ``levels`` > 1 adds SubIFDs made by taking every second
    pixel. ``xml`` replaces the document; ``plates`` and ``image_names`` as in `ome_xml`.
    """
    import tifffile

    pages = [in_order(pixels, order, samples) for pixels in images]
    starts = [sum(map(len, pages[:number])) for number in range(len(pages))]
    data = [f'<TiffData IFD="{start}" PlaneCount="{len(each)}"/>' for start, each in zip(starts, pages, strict=True)]
    options = {"order": order, "samples": samples, "channel_names": channel_names, "pixel_size_um": pixel_size_um}
    options |= {"plates": plates, "image_names": image_names}
    document: str | None = xml if xml is not None else ome_xml(images, data, **options)
    common = {
        "photometric": "rgb" if samples in (3, 4) else "minisblack",
        "metadata": None,
        "contiguous": False,
        **write,
    }
    if samples > 1:
        common["planarconfig"] = "separate" if planar else "contig"
    with tifffile.TiffWriter(path, bigtiff=bigtiff, byteorder=byteorder) as file:
        for page in (page for each in pages for page in each):
            shown = page.transpose(2, 0, 1) if planar and samples > 1 else page
            file.write(shown, subifds=levels - 1, description=document and document.encode(), **common)
            document = None
            for level in range(1, levels):
                step = 2**level
                part = shown[..., ::step, ::step] if planar or samples == 1 else shown[::step, ::step]
                file.write(part.copy(), subfiletype=1, **common)
    return path


def write_ome_tiff_set(folder: Path, pixels: NDArray[Any], *, stem: str = "set") -> list[Path]:
    """Files that refer to each other by UUID, one for each channel of ``pixels`` (T, C, Z, Y, X)."""
    names = [f"{stem}_C{channel}.ome.tiff" for channel in range(pixels.shape[1])]
    uuids = [f"urn:uuid:{uuid5(NAMESPACE_URL, name)}" for name in names]
    count = pixels.shape[0] * pixels.shape[2]
    data = "".join(
        f'<TiffData IFD="{number}" PlaneCount="1" FirstC="{channel}" FirstZ="{number % pixels.shape[2]}"'
        f' FirstT="{number // pixels.shape[2]}"><UUID FileName={quoteattr(name)}>{uuid}</UUID></TiffData>'
        for channel, (name, uuid) in enumerate(zip(names, uuids, strict=True))
        for number in range(count)
    )
    return [
        write_ome_tiff(
            folder / name, pixels[:, channel : channel + 1], xml=ome_xml([pixels], [data], uuid=uuids[channel])
        )
        for channel, name in enumerate(names)
    ]


def write_imagej_tiff(path: Path, pixels: NDArray[Any], **metadata: Any) -> Path:
    """An ImageJ hyperstack of ``pixels`` (T, C, Z, Y, X); ``metadata`` are ImageJ's keys (unit, spacing, LUTs)."""
    import tifffile

    resolution = metadata.pop("resolution", None)
    stack = pixels.transpose(0, 2, 1, 3, 4)
    tifffile.imwrite(path, stack, imagej=True, resolution=resolution, metadata={"axes": "TZCYX", **metadata})
    return path


def write_plain_tiff(path: Path, pages: Sequence[NDArray[Any]], **write: Any) -> Path:
    """A TIFF with one directory for each page (Y, X) or (Y, X, S), and nothing that says what they are."""
    import tifffile

    with tifffile.TiffWriter(path) as file:
        for page in pages:
            file.write(page, metadata=None, contiguous=False, **write)
    return path


def write_ome_zarr(
    path: Path,
    pixels: NDArray[Any],
    *,
    version: str = "0.5",
    axes: str = "tczyx",
    levels: int = 1,
    chunk: tuple[int, ...] | None = None,
    shard: tuple[int, ...] | None = None,
    omero: Mapping[str, Any] | None = None,
    name: str = "image",
    order: str | None = None,
    separator: str = "/",
    **array: Any,
) -> Path:
    """One multiscale image of ``pixels`` (T, C, Z, Y, X); axes left out of ``axes`` must have size 1.

    Smaller levels take every second pixel. ``order`` "big" stores big-endian numbers (0.4 only). ``version`` is any
    release from "0.1" to "0.6"; ``separator`` stands in names of chunks up to 0.4. ``array`` goes to zarr
    (compressors, filters, fill_value).
    """
    import zarr

    zarr_format = 3 if version >= "0.5" else 2
    kept = pixels.reshape([size for axis, size in zip("tczyx", pixels.shape, strict=True) if axis in axes])
    kept = kept.transpose([[a for a in "tczyx" if a in axes].index(axis) for axis in axes])
    group = zarr.open_group(path, mode="w", zarr_format=zarr_format)
    for level in range(levels):
        step = 2**level
        part = kept[tuple(slice(None, None, step if axis in "yx" else 1) for axis in axes)]
        keywords: dict[str, Any] = (
            {"dimension_names": list(axes)}
            if zarr_format == 3
            else {"chunk_key_encoding": {"name": "v2", "separator": separator}}
        )
        group.create_array(
            str(level),
            data=part.astype(part.dtype.newbyteorder(">")) if order == "big" else part,
            chunks=chunk or part.shape,
            shards=shard,
            **keywords,
            **array,
        )
    records = [{"name": axis, "type": {"t": "time", "c": "channel"}.get(axis, "space")} for axis in axes]
    for record in records:
        if record["type"] == "space":
            record["unit"] = "micrometer"
    scales = [[2.0**level if axis in "yx" else 1.0 for axis in axes] for level in range(levels)]
    multiscale = _multiscale(version, name, records, scales)
    attributes: dict[str, Any] = {"multiscales": [multiscale]} | ({"omero": dict(omero)} if omero else {})
    group.attrs.update({"ome": {"version": version, **attributes}} if zarr_format == 3 else attributes)
    return path


def _multiscale(version: str, name: str, axes: list[dict[str, str]], scales: list[list[float]]) -> dict[str, Any]:
    """The record as each release has it: axes came as names with 0.3, with scales with 0.4, as a system with 0.6."""
    paths = [str(level) for level in range(len(scales))]
    if version < "0.4":
        said: dict[str, Any] = {"axes": [axis["name"] for axis in axes]} if version == "0.3" else {}
        return {"name": name, "version": version, "datasets": [{"path": path} for path in paths], **said}
    steps: list[dict[str, Any]] = [{"type": "scale", "scale": scale} for scale in scales]
    if version == "0.6":
        steps = [
            step | {"input": {"path": path}, "output": {"name": "physical"}}
            for step, path in zip(steps, paths, strict=True)
        ]
    datasets = [{"path": path, "coordinateTransformations": [step]} for path, step in zip(paths, steps, strict=True)]
    if version == "0.6":
        return {"name": name, "coordinateSystems": [{"name": "physical", "axes": axes}], "datasets": datasets}
    record = {"name": name, "axes": axes, "datasets": datasets}
    return record | {"version": "0.4"} if version == "0.4" else record


def write_fileset(
    path: Path, images: Sequence[NDArray[Any]], *, version: str = "0.5", xml: bool = True, **options: Any
) -> Path:
    """A fileset in bioformats2raw layout with one store for each of ``images`` (T, C, Z, Y, X)."""
    path.mkdir(parents=True)
    for number, pixels in enumerate(images):
        write_ome_zarr(path / str(number), pixels, version=version, name=f"store {number}", **options)
    series = [str(number) for number in range(len(images))]
    (path / "OME").mkdir()
    _write_group(path, {"bioformats2raw.layout": 3}, version)
    _write_group(path / "OME", {"series": series}, version)
    if xml:
        document = ome_xml(images, ["<MetadataOnly/>"] * len(images))
        (path / "OME" / "METADATA.ome.xml").write_text(document)
    return path


def _write_group(folder: Path, attributes: Mapping[str, Any], version: str) -> None:
    if version == "0.5":
        document = {"zarr_format": 3, "node_type": "group", "attributes": {"ome": {"version": "0.5", **attributes}}}
        (folder / "zarr.json").write_text(json.dumps(document))
    else:
        (folder / ".zgroup").write_text('{"zarr_format": 2}')
        (folder / ".zattrs").write_text(json.dumps(dict(attributes)))
