"""The pixels step as a library: MODE THREADS OUTPUT INPUT..."""

import sys
from pathlib import Path

from publisher.config.model import HostingSection, ZarrSection
from publisher.ngff.pixels import write_pixels
from publisher.ngff.plan import plan_image
from publisher.ngff.syncing import SyncThreads
from publisher.sources.protocol import Roots
from publisher.sources.tiff_reader import TiffReader

_, threads, output, inputs = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), map(Path, sys.argv[4:])
sync_threads = SyncThreads()
for path in inputs:
    with TiffReader().open(path, Roots((path.parent,))) as source:
        plan = plan_image(source.images()[0], "0", ZarrSection(), HostingSection())
        folder = output / path.name.split(".")[0]
        write_pixels(source, 0, plan, folder, threads=threads, sync_threads=sync_threads)
