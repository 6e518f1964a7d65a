"""The pixels step, as a library: STACK FOLDER THREADS."""

import sys
from pathlib import Path

from publisher.config.model import HostingSection, ZarrSection
from publisher.ngff.pixels import write_pixels
from publisher.ngff.plan import plan_image
from publisher.sources.protocol import Roots
from publisher.sources.tiff_reader import TiffReader

stack, folder, threads = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
with TiffReader().open(stack, Roots((stack.parent,))) as source:
    plan = plan_image(source.images()[0], "0", ZarrSection(), HostingSection())
    write_pixels(source, 0, plan, folder, threads=threads)
