"""Faults put into a sound fileset on purpose, each with what a check must say of it."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Change = Callable[[Json], object]


@dataclass(frozen=True, slots=True)
class Seeded:
    """A fault: ``seed`` puts it into the fileset, ``path`` and ``words`` are what it must be told by.

    In ``path`` "ATTRS" and "ARRAY" stand for the file that the release has there.
    """

    name: str
    seed: Callable[[Path], None]
    path: str
    words: str
    releases: tuple[str, ...] = ("0.4", "0.5")

    def __str__(self) -> str:
        return self.name


def change_file(path: Path, change: Change) -> None:
    document = json.loads(path.read_bytes())
    change(document)
    path.write_text(json.dumps(document))


def group(where: str, change: Change) -> Callable[[Path], None]:
    """Change what the group ``where`` says, in every release that describes it."""

    def seed(fileset: Path) -> None:
        if (fileset / where / ".zattrs").exists():
            change_file(fileset / where / ".zattrs", change)
        if (fileset / where / "zarr.json").exists():
            change_file(fileset / where / "zarr.json", lambda document: change(document["attributes"]["ome"]))

    return seed


def array(where: str, change: Change) -> Callable[[Path], None]:
    """Change the document of the array ``where``, in every release that describes it."""

    def seed(fileset: Path) -> None:
        for name in ".zarray", "zarr.json":
            if (fileset / where / name).exists():
                change_file(fileset / where / name, change)

    return seed


def multiscale(change: Change, where: str = "0") -> Callable[[Path], None]:
    return group(where, lambda ome: change(ome["multiscales"][0]))


def channel(change: Change) -> Callable[[Path], None]:
    return group("0", lambda ome: change(ome["omero"]["channels"][0]))


def text(file: str, old: str, new: str) -> Callable[[Path], None]:
    def seed(fileset: Path) -> None:
        content = (fileset / file).read_text()
        assert old in content
        (fileset / file).write_text(content.replace(old, new, 1))

    return seed


def first_chunk(fileset: Path, level: str) -> Path:
    """The first file of pixels below a level, in the order of the grid."""
    files = (path for path in (fileset / level).rglob("*") if path.is_file() and path.name.isdigit())
    return min(files, key=lambda path: [int(part) for part in path.relative_to(fileset / level).parts if part != "c"])


def chunk(level: str, change: Callable[[bytes], bytes | None]) -> Callable[[Path], None]:
    """Change the first file of pixels of a level; None removes it."""

    def seed(fileset: Path) -> None:
        path = first_chunk(fileset, level)
        data = change(path.read_bytes())
        if data is None:
            path.unlink()
        else:
            path.write_bytes(data)

    return seed


def rename(old: str, new: str) -> Callable[[Path], None]:
    return lambda fileset: (fileset / old).rename(fileset / new) and None


def flipped(data: bytes, at: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 4
    return bytes(changed)


def scale_of(level: int) -> Callable[[Json], list[float]]:
    return lambda one: one["datasets"][level]["coordinateTransformations"][0]["scale"]


def nuclei(change: Change) -> Callable[[Path], None]:
    return group("0/labels/nuclei", change)


LABEL_FAULTS = (
    Seeded(
        "labels listed but not there",
        group("0/labels", lambda o: o["labels"].append("cells")),
        "0/labels/cells/ZGROUP",
        "is missing; 0/labels/ATTRS names it",
        releases=("0.4",),
    ),
    Seeded(
        "labels there but not listed",
        lambda fileset: shutil.copytree(fileset / "0/labels/nuclei", fileset / "0/labels/cells") and None,
        "0/labels/ATTRS",
        "does not list the labels cells",
    ),
    Seeded(
        "labels listed twice",
        group("0/labels", lambda o: o["labels"].append("nuclei")),
        "0/labels/ATTRS",
        "lists the labels nuclei 2 times",
        releases=("0.4",),
    ),
    Seeded(
        "labels not beside ome",
        text("0/labels/zarr.json", '    "labels": [\n      "nuclei"\n    ]\n  }', '    "other": []\n  }'),
        "0/labels/zarr.json",
        "attributes.labels is None; expected ['nuclei']",
        releases=("0.5",),
    ),
    Seeded("labels with omero", nuclei(lambda o: o.update(omero={"channels": []})), "0/labels/nuclei/ATTRS", "omero"),
    Seeded(
        "labels of another image",
        nuclei(lambda o: o["image-label"]["source"].update(image="../../../1")),
        "0/labels/nuclei/ATTRS",
        "image-label.source.image is '../../../1'",
    ),
    Seeded(
        "labels of no image",
        nuclei(lambda o: o["image-label"].pop("source")),
        "0/labels/nuclei/ATTRS",
        "names no source image",
    ),
    Seeded(
        "a level of labels less",
        nuclei(lambda o: o["multiscales"][0]["datasets"].pop()),
        "0/labels/nuclei/ATTRS",
        "has 2 levels; its image has 3",
    ),
    Seeded(
        "label coloured twice",
        nuclei(lambda o: o["image-label"]["colors"].append({"label-value": 1, "rgba": [1, 2, 3, 255]})),
        "0/labels/nuclei/ATTRS",
        "image-label.colors names the label 1 twice",
    ),
    Seeded(
        "label without its colour",
        nuclei(lambda o: o["image-label"]["colors"][1].pop("rgba")),
        "0/labels/nuclei/ATTRS",
        "has no rgba for the label 2",
    ),
    Seeded(
        "label described twice",
        nuclei(lambda o: o["image-label"]["properties"].append({"label-value": 1, "phase": "anaphase"})),
        "0/labels/nuclei/ATTRS",
        "image-label.properties",
    ),
    Seeded(
        "label coloured and not described",
        nuclei(lambda o: o["image-label"]["properties"].pop()),
        "0/labels/nuclei/ATTRS",
        "in only one of colors and properties",
    ),
    Seeded(
        "labels with a missing file",
        chunk("0/labels/nuclei/0", lambda data: None),
        "0/labels/nuclei/0/CHUNK",
        "is missing",
    ),
)
"""Faults of the label image of the fileset's first image."""

IMAGE_FAULTS = (
    # Documents that say other things than the arrays, or nothing
    Seeded(
        "omero has a channel less",
        group("0", lambda o: o["omero"]["channels"].pop()),
        "0/ATTRS",
        "1 channels; the arrays have 2",
    ),
    Seeded("colour with #", channel(lambda c: c.update(color="#0000FF")), "0/ATTRS", "color '#0000FF'"),
    Seeded("colour in lower case", channel(lambda c: c.update(color="0000ff")), "0/ATTRS", "color '0000ff'"),
    Seeded("colour by name", channel(lambda c: c.update(color="blue")), "0/ATTRS", "color"),
    Seeded("colour is a number", channel(lambda c: c.update(color=255)), "0/ATTRS", "omero.channels.0.color"),
    Seeded("no active", channel(lambda c: c.pop("active")), "0/ATTRS", "active = None"),
    Seeded("no label", channel(lambda c: c.update(label="")), "0/ATTRS", "omero.channels.0 has no label"),
    Seeded("window without end", channel(lambda c: c["window"].pop("end")), "0/ATTRS", "window"),
    Seeded(
        "window upside down",
        channel(lambda c: c["window"].update(start=200, end=100)),
        "0/ATTRS",
        "min <= start < end <= max",
    ),
    Seeded("window of text", channel(lambda c: c["window"].update(end="many")), "0/ATTRS", "window"),
    Seeded(
        "default z beyond",
        group("0", lambda o: o["omero"]["rdefs"].update(defaultZ=9)),
        "0/ATTRS",
        "defaultZ is 9; the arrays have 3",
    ),
    Seeded("default t negative", group("0", lambda o: o["omero"]["rdefs"].update(defaultT=-1)), "0/ATTRS", "defaultT"),
    Seeded("no omero", group("0", lambda o: o.pop("omero")), "0/ATTRS", "no omero block"),
    Seeded(
        "null",
        group("0", lambda o: o["omero"]["channels"][1].update(inverted=None)),
        "0/ATTRS",
        "omero.channels.1.inverted is null",
    ),
    Seeded("unit µm", multiscale(lambda m: m["axes"][4].update(unit="µm")), "0/ATTRS", "unit 'µm'"),
    Seeded("axes in another order", multiscale(lambda m: m["axes"].insert(0, m["axes"].pop(1))), "0/ATTRS", ""),
    Seeded("two axes of one name", multiscale(lambda m: m["axes"][3].update(name="x")), "0/ATTRS", ""),
    Seeded("an axis of an unknown type", multiscale(lambda m: m["axes"][1].update(type="space")), "0/ATTRS", ""),
    Seeded("no axes", multiscale(lambda m: m.pop("axes")), "0/ATTRS", "axes"),
    Seeded("no levels", multiscale(lambda m: m["datasets"].clear()), "0/ATTRS", "datasets"),
    Seeded("no multiscales", group("0", lambda o: o.pop("multiscales")), "0/ATTRS", "multiscales"),
    Seeded(
        "level that is not there",
        multiscale(lambda m: m["datasets"][1].update(path="9")),
        "0/9/ARRAY",
        "is missing; 0/ATTRS names it",
    ),
    Seeded(
        "level is removed",
        lambda f: (f / "0/2").rename(f.parent / "away") and None,
        "0/2/ARRAY",
        "is missing; 0/ATTRS names it",
    ),
    Seeded(
        "no scale",
        multiscale(lambda m: m["datasets"][0].update(coordinateTransformations=[])),
        "0/ATTRS",
        "coordinateTransformations",
    ),
    Seeded(
        "translation before scale",
        multiscale(lambda m: m["datasets"][1]["coordinateTransformations"].reverse()),
        "0/ATTRS",
        "scale",
    ),
    Seeded("scale of 0", multiscale(lambda m: scale_of(0)(m).__setitem__(4, 0.0)), "0/ATTRS", "above 0"),
    Seeded("negative scale", multiscale(lambda m: scale_of(1)(m).__setitem__(3, -0.2)), "0/ATTRS", "scale"),
    Seeded("short scale", multiscale(lambda m: scale_of(1)(m).pop()), "0/ATTRS", ""),
    Seeded("scale of text", multiscale(lambda m: scale_of(1)(m).__setitem__(0, "one")), "0/ATTRS", "scale"),
    Seeded(
        "scale that does not double",
        multiscale(lambda m: scale_of(1)(m).__setitem__(4, 0.1)),
        "0/ATTRS",
        "level 1 has the scale",
    ),
    Seeded(
        "shifted level",
        multiscale(lambda m: m["datasets"][1]["coordinateTransformations"].pop()),
        "0/ATTRS",
        "level 1 has the translation",
    ),
    Seeded("no name of the image", multiscale(lambda m: m.pop("name")), "0/ATTRS", "multiscales.0.name"),
    # Groups and versions
    Seeded("no version", group("0", lambda o: o.pop("version")), "0/zarr.json", "names the version None", ("0.5",)),
    Seeded(
        "0.4 inside 0.5",
        group("1", lambda o: o.update(version="0.4")),
        "1/zarr.json",
        "names the version '0.4'",
        ("0.5",),
    ),
    Seeded("an older multiscale", multiscale(lambda m: m.update(version="0.3")), "0/.zattrs", "version", ("0.4",)),
    Seeded(
        "no layout at the root",
        group("", lambda o: o.pop("bioformats2raw.layout")),
        "ATTRS",
        "says nothing that OME-Zarr knows",
    ),
    Seeded("another layout", group("", lambda o: o.update({"bioformats2raw.layout": 4})), "ATTRS", "layout"),
    Seeded(
        "root without metadata",
        lambda f: change_file(f / "zarr.json", lambda d: d.pop("attributes")),
        "zarr.json",
        "no attribute 'ome'",
        ("0.5",),
    ),
    Seeded(
        "group that says array",
        lambda f: change_file(f / "0/zarr.json", lambda d: d.update(node_type="array")),
        "0/zarr.json",
        "node_type is 'array'",
        ("0.5",),
    ),
    Seeded(
        "Zarr 2 in a Zarr 3",
        lambda f: change_file(f / "OME/zarr.json", lambda d: d.update(zarr_format=2)),
        "OME/zarr.json",
        "zarr_format is 2",
        ("0.5",),
    ),
    Seeded(
        "no .zgroup", lambda f: (f / "0/.zgroup").unlink(), "0/.zgroup", "is missing; OME/.zattrs names it", ("0.4",)
    ),
    Seeded(
        "half a document",
        lambda f: (f / "0/zarr.json").write_text("{") and None,
        "0/zarr.json",
        "is not JSON",
        ("0.5",),
    ),
    Seeded(
        "half a document in 0.4",
        lambda f: (f / "0/.zattrs").write_text("{") and None,
        "0/.zattrs",
        "is not JSON",
        ("0.4",),
    ),
    Seeded(
        "a list for a document",
        lambda f: (f / "OME/zarr.json").write_text("[]") and None,
        "OME/zarr.json",
        "expected an object",
        ("0.5",),
    ),
    Seeded(
        "series names what is not there",
        group("OME", lambda o: o["series"].append("2")),
        "2/ZGROUP",
        "is missing; OME/ATTRS names it",
    ),
    Seeded(
        "series in another order", group("OME", lambda o: o["series"].reverse()), "OME/ATTRS", "series is ['1', '0']"
    ),
    Seeded("series of numbers", group("OME", lambda o: o.update(series=["0", 1])), "OME/ATTRS", "series.1"),
    # Arrays
    Seeded(
        "another type in one level",
        array("0/1", lambda a: a.update({"data_type": "int16"} if "data_type" in a else {"dtype": "<i2"})),
        "0/1/ARRAY",
        "holds int16; expected uint16",
    ),
    Seeded(
        "no dimension_names",
        array("0/1", lambda a: a.pop("dimension_names")),
        "0/1/zarr.json",
        "dimension_names None",
        ("0.5",),
    ),
    Seeded(
        "other dimension_names",
        array("0/0", lambda a: a.update(dimension_names=["t", "s", "z", "y", "x"])),
        "0/0/zarr.json",
        "dimension_names",
        ("0.5",),
    ),
    Seeded(
        "shape that is not half",
        array("0/1", lambda a: a["shape"].__setitem__(4, 150)),
        "0/1/ARRAY",
        "2 times smaller than level 0",
    ),
    Seeded("another fill value", array("0/0", lambda a: a.update(fill_value=7)), "0/0/ARRAY", "fill_value is 7"),
    Seeded("big-endian", array("0/0", lambda a: a.update(dtype=">u2")), "0/0/.zarray", "little-endian", ("0.4",)),
    Seeded("Fortran order", array("0/0", lambda a: a.update(order="F")), "0/0/.zarray", "order 'F'", ("0.4",)),
    Seeded(
        "an unknown codec", array("0/0", lambda a: a.update(compressor={"id": "zfpy"})), "0/0/.zarray", "zfpy", ("0.4",)
    ),
    Seeded(
        "chunks of another number of axes",
        array("0/0", lambda a: a.update(chunks=[1, 1, 256, 256])),
        "0/0/.zarray",
        "chunks",
        ("0.4",),
    ),
    # Pixels
    Seeded("a missing file", chunk("0/0", lambda data: None), "0/0/CHUNK", "is missing"),
    Seeded("a cut file", chunk("0/1", lambda data: data[:-7]), "0/1/CHUNK", "cannot be decoded"),
    Seeded("an empty file", chunk("0/0", lambda data: b""), "0/0/CHUNK", "cannot be decoded"),
    Seeded(
        "a flipped bit in the first chunk",
        chunk("0/0", lambda data: flipped(data, 100)),
        "0/0/CHUNK",
        "checksum",
        ("0.5",),
    ),
    Seeded(
        "a flipped bit in an index",
        chunk("0/0", lambda data: flipped(data, -30)),
        "0/0/CHUNK",
        "checksum of its index",
        ("0.5",),
    ),
    Seeded("a chunk of another size", chunk("0/0", lambda data: flipped(data, 5)), "0/0/CHUNK", "cannot be decoded"),
    Seeded(
        "a stranger", lambda f: (f / "0/0/stranger").write_bytes(b"x") and None, "0/0/stranger", "belongs to no chunk"
    ),
    # OME-XML
    Seeded("no OME-XML", lambda f: (f / "OME/METADATA.ome.xml").unlink(), "OME/METADATA.ome.xml", "is missing"),
    Seeded(
        "an image less in the OME-XML",
        text("OME/METADATA.ome.xml", '<Image ID="Image:1">', '<Other ID="Image:1">'),
        "OME/METADATA.ome.xml",
        "",
    ),
    Seeded(
        "an ID that is no path",
        text("OME/METADATA.ome.xml", "Image:1", "Image:101"),
        "OME/METADATA.ome.xml",
        "expected Image:1",
    ),
    Seeded(
        "another size in the OME-XML",
        text("OME/METADATA.ome.xml", 'SizeZ="3"', 'SizeZ="4"'),
        "OME/METADATA.ome.xml",
        "sizes",
    ),
    Seeded(
        "a channel less in the OME-XML",
        text("OME/METADATA.ome.xml", '<Channel ID="Channel:0:0"/>', ""),
        "OME/METADATA.ome.xml",
        "1 channels of 2",
    ),
    Seeded(
        "another type in the OME-XML",
        text("OME/METADATA.ome.xml", "uint16", "uint8"),
        "OME/METADATA.ome.xml",
        "type uint8",
    ),
    Seeded("half an OME-XML", text("OME/METADATA.ome.xml", "</OME>", ""), "OME/METADATA.ome.xml", "well-formed"),
    Seeded(
        "an OME-XML with a DOCTYPE",
        text("OME/METADATA.ome.xml", "<OME ", "<!DOCTYPE OME><OME "),
        "OME/METADATA.ome.xml",
        "DOCTYPE",
    ),
)
