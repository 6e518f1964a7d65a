"""`publisher build` of a new site that holds nothing but the inputs: MODE THREADS OUTPUT INPUT...

Checks, metadata, pictures and pages are part of it. The inputs are linked into the site, not copied.
"""

import os
import sys
from pathlib import Path

from publisher.cli import run

_, threads, output, inputs = sys.argv[1], sys.argv[2], Path(sys.argv[3]), map(Path, sys.argv[4:])
site = output.with_name(output.name + "-site")
images = site / "content/studies/benchmark/images"
images.mkdir(parents=True)
(site / "site_config.yaml").write_text("title: Benchmark\nbase_url: https://benchmark.example.org/\n")
(site / "content/studies/benchmark/study.yaml").write_text(
    "title: Benchmark\nlicence: CC0-1.0\nimages: images/*.ome.tiff\n"
)
for path in inputs:
    os.link(path, images / path.name)
sys.exit(run(["build", "--quiet", "--site", str(site), "--output", str(output), "--jobs", threads]))
