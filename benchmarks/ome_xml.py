"""Large OME-XML: 12 MB of planes, and 3,456 images, read beside ome-types; lxml alone is what parsing costs at least.

    python benchmarks/ome_xml.py [--planes 48000] [--images 3456] [--repeat 3]

Prints CPU seconds of whole processes less those of the same process that imports and does nothing, the best of all
turns, and their ratio to ours; peak memory.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

OME = '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">{0}</OME>'
PIXELS = (
    '<Pixels ID="Pixels:{0}" DimensionOrder="XYZCT" Type="uint16" SizeX="1024" SizeY="1024" SizeZ="{1}" SizeC="{2}" '
    'SizeT="{3}" PhysicalSizeX="0.5" PhysicalSizeXUnit="µm" PhysicalSizeY="0.5" PhysicalSizeYUnit="µm">{4}</Pixels>'
)
PLANE = (
    '<Plane TheZ="{0}" TheC="{1}" TheT="{2}" DeltaT="{3}" DeltaTUnit="s" ExposureTime="0.1" ExposureTimeUnit="s" '
    'PositionX="1.5" PositionXUnit="reference frame" PositionY="2.5" PositionYUnit="reference frame" '
    'PositionZ="{0}.25" PositionZUnit="reference frame"/>'
)
PUBLISHER = (
    "from publisher.formats.ome_xml.read import read_images; from publisher.formats.ome_xml.tree import parse",
    "images = read_images(parse(data, name='a'))",
)
CONTENDERS = {
    "publisher: read": PUBLISHER,
    "publisher: read and publish": (
        f"""{PUBLISHER[0]}
from publisher.formats.ome_xml.publish import PublishedImage, published_document
from publisher.formats.redaction import Redaction""",
        """tree = parse(data, name='a')
images = [
    PublishedImage(series=i.series, image=i, dtype=i.pixels.dtype, shape=i.pixels.shape, channels=i.channels)
    for i in read_images(tree)
]
published_document(tree, images, privacy=Redaction(), creator='publisher')""",
    ),
    "ome-types: read": ("import ome_types", "images = ome_types.from_xml(data.decode()).images"),
    "lxml: parse": ("from lxml import etree", "images = etree.fromstring(data)"),
}
"""Imports, and what is measured; ``data`` are the bytes of the document."""


def of_planes(count: int) -> str:
    """One image of two channels with ``count`` planes, each with its time, exposure and place."""
    sections, times = 48, max(count // 96, 1)
    places = ((z, c, t) for t in range(times) for c in range(2) for z in range(sections))
    planes = "".join(PLANE.format(z, c, t, t * 1.5) for z, c, t in places)
    return OME.format(f'<Image ID="Image:0">{PIXELS.format(0, sections, 2, times, planes)}</Image>')


def of_images(count: int) -> str:
    """A plate's worth of images of four channels, with an instrument."""
    parts = ['<Instrument ID="Instrument:0"><Objective ID="Objective:0" NominalMagnification="20"/></Instrument>']
    for image in range(count):
        channels = "".join(
            f'<Channel ID="Channel:{image}:{c}" Name="Dye {c}" SamplesPerPixel="1" Color="-1"/>' for c in range(4)
        )
        planes = "".join(PLANE.format(0, c, 0, 0) for c in range(4))
        parts.append(
            f'<Image ID="Image:{image}" Name="Field {image}"><AcquisitionDate>2020-01-01T00:00:00</AcquisitionDate>'
            '<InstrumentRef ID="Instrument:0"/><ObjectiveSettings ID="Objective:0"/>'
            f"{PIXELS.format(image, 1, 4, 1, channels + '<MetadataOnly/>' + planes)}</Image>"
        )
    return OME.format("".join(parts))


def cpu(imports: str, work: str, document: Path) -> tuple[float, float]:
    """CPU seconds and peak memory in MB of a process that imports, reads the file, and does ``work``."""
    script = f"{imports}\nfrom pathlib import Path\ndata = Path({str(document)!r}).read_bytes()\n{work}"
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", script], os.environ)
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"failed: {work}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(document: Path, repeat: int) -> None:
    """Print what each contender takes for ``document``."""
    ours = 0.0
    for name, (imports, work) in CONTENDERS.items():
        idle = min(cpu(imports, "pass", document)[0] for _ in range(repeat))
        runs = [cpu(imports, work, document) for _ in range(repeat)]
        seconds = max(min(run[0] for run in runs) - idle, 0.001)
        ours = ours or seconds
        memory = min(run[1] for run in runs)
        print(f"  {name:30}{seconds:7.2f} CPU s ({seconds / ours:5.1f} x), {memory:5.0f} MB, start-up {idle:.2f} CPU s")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--planes", type=int, default=48_000)
    parser.add_argument("--images", type=int, default=3_456)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.ome.xml"
        for title, text in (
            (f"{options.planes:,} planes", of_planes(options.planes)),
            (f"{options.images:,} images", of_images(options.images)),
        ):
            path.write_text(text, encoding="utf-8")
            print(f"{title}, {path.stat().st_size / 1e6:.1f} MB")
            measure(path, options.repeat)


if __name__ == "__main__":
    main()
