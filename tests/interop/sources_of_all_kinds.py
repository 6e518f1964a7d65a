"""A study with every kind of source: pixel types, sizes that divide by nothing, plates, labels."""

from pathlib import Path

from publisher.testing.images import planes, plate_xml, write_ome_tiff

DTYPES = ("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64")
STUDY = """\
title: Every kind
licence: CC0-1.0
images:
- images/*.ome.tiff
- path: labelled/*.ome.tiff
  labels:
    nuclei: masks/{stem}-nuclei.ome.tiff
    cells: masks/{stem}-cells.ome.tiff
"""


def write_study_of_all_kinds(study: Path) -> None:
    """Write study.yaml and its files into ``study``, a folder to be made."""
    (study / "images").mkdir(parents=True)
    (study / "study.yaml").write_text(STUDY)
    for dtype in DTYPES:
        pixels = planes(t=2, c=3, z=2, y=301, x=533, dtype=dtype)
        write_ome_tiff(study / "images" / f"{dtype}.ome.tiff", pixels, pixel_size_um=(0.5, 0.1, 0.1))
    write_ome_tiff(study / "images" / "one-plane.ome.tiff", planes(y=3, x=5))
    write_ome_tiff(study / "images" / "large.ome.tiff", planes(y=2100, x=700, dtype="uint16"), tile=(256, 256))
    fields = [planes(c=2, y=60, x=40, dtype="uint16") // (number + 1) for number in range(4)]
    wells = plate_xml({(0, 0): [3, 0], (1, 11): [1]})  # and one image on no plate
    write_ome_tiff(study / "images" / "plate.ome.tiff", *fields, plates=[wells])
    (study / "labelled").mkdir()
    (study / "masks").mkdir()
    write_ome_tiff(study / "labelled" / "stack.ome.tiff", planes(t=2, c=2, z=3, y=300, x=200, dtype="uint16"))
    for name, dtype in (("nuclei", "uint8"), ("cells", "int32")):
        write_ome_tiff(study / "masks" / f"stack-{name}.ome.tiff", planes(t=2, z=3, y=300, x=200, dtype=dtype) // 50)
