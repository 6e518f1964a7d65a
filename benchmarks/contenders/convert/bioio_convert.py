"""bioio-conversion, its OmeZarrConverter: MODE THREADS OUTPUT INPUT..."""

import sys
from pathlib import Path

from bioio_conversion.converters import OmeZarrConverter
from layout import CHUNK_PX

mode, threads, output, inputs = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
Path(output).mkdir(parents=True, exist_ok=True)
for path in inputs:
    options = {}
    if mode == "matched":
        options = {"chunk_shape": (1, 1, 1, CHUNK_PX, CHUNK_PX), "num_levels": 3}
    OmeZarrConverter(source=path, destination=output, **options).convert()
