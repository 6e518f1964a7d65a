"""What a file holds, as a record."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

from publisher.errors import DamagedSourceError
from publisher.model.acquisition import Section
from publisher.model.annotation import Annotation, AttachedFile, OriginalMetadata, Pair
from publisher.model.image import Pixels
from publisher.model.labels import LabelImage, LabelValue
from publisher.model.screen import Field, Plate, PlateAcquisition, Well
from publisher.sources.inspect import Inspection, inspect
from publisher.sources.protocol import Roots, TileGrid
from publisher.sources.registry import installed_readers
from publisher.testing.images import planes, plate_xml, write_ome_tiff, write_ome_tiff_set, write_plain_tiff


def test_the_record_survives_json_byte_for_byte(tmp_path: Path) -> None:
    path = write_ome_tiff(
        tmp_path / "a.ome.tiff", planes(t=2, c=2), channel_names=("DAPI", "µ"), pixel_size_um=(None, 0.5, 0.5)
    )
    record = inspect(path, Roots((tmp_path,)), installed_readers([]))
    text = record.to_json()
    assert Inspection.from_json(text) == record
    assert Inspection.from_json(text).to_json() == text
    assert json.loads(text)["images"][0]["channels"][1] == {"name": "µ"}


def test_the_record_names_every_file_of_a_set(tmp_path: Path) -> None:
    first, second = write_ome_tiff_set(tmp_path, planes(c=2))
    record = inspect(first, Roots((tmp_path,)), installed_readers([]))
    assert [file.path for file in record.files] == [str(first), str(second)]
    assert [(grid.height, grid.compressed) for grid in record.grids] == [(8, False)]


def test_warnings_stand_in_the_record(tmp_path: Path) -> None:
    path = write_plain_tiff(tmp_path / "a.tif", list(planes(z=2)[0, 0]))
    record = inspect(path, Roots((tmp_path,)), installed_readers([]))
    assert [problem.code for problem in record.warnings] == ["source.axes-guessed"]
    assert inspect(path, Roots((tmp_path,)), installed_readers([]), axes="TYX").warnings == ()


def test_axes_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    path = write_plain_tiff(tmp_path / "a.tif", list(planes(z=2)[0, 0]))
    for axes in ("XY", "ZZYX", "QYX"):
        with pytest.raises(DamagedSourceError, match="axes"):
            inspect(path, Roots((tmp_path,)), installed_readers([]), axes=axes)


def test_an_inspection_loads_no_heavy_library(tmp_path: Path) -> None:
    path = write_ome_tiff(tmp_path / "a.ome.tiff", planes(), tile=(16, 16), compression="zlib")
    program = (
        "import sys; from pathlib import Path; from publisher.sources.inspect import inspect;"
        "from publisher.sources.protocol import Roots; from publisher.sources.registry import installed_readers;"
        f"inspect(Path({str(path)!r}), Roots((Path({str(tmp_path)!r}),)), installed_readers([]));"
        "print(sorted({'numpy', 'tifffile', 'zarr', 'imagecodecs'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_plates_and_labels_survive_json() -> None:
    pixels = Pixels(size_x=12, size_y=8, dtype="int32", pixel_size_um=(None, 0.5, 0.5))
    field = Field(series=0, acquisition=1, position_um=(10.0, None))
    record = Inspection(
        path="a.ome.zarr",
        reader="ome-zarr",
        revision=1,
        files=(),
        images=(),
        grids=(),
        plates=(
            Plate(
                name="P",
                rows=("A", "B"),
                columns=("1",),
                wells=(Well(row=1, column=0, fields=(field, Field(series=1))), Well(row=0, column=0)),
                acquisitions=(PlateAcquisition(id=1, name="first"),),
            ),
        ),
        labels=(
            LabelImage(
                name="nuclei",
                of=0,
                series=7,
                pixels=pixels,
                values=(LabelValue(value=1, rgba=(1, 2, 3, 255), properties=(("area", 2.5),)), LabelValue(value=2)),
            ),
        ),
        label_grids=(TileGrid(height=8, width=12),),
    )
    assert Inspection.from_json(record.to_json()) == record


def test_fields_that_all_have_one_name_are_called_after_their_wells(tmp_path: Path) -> None:
    wells, names = plate_xml({(0, 0): [0, 1], (1, 2): [2]}), ["image"] * 4
    path = write_ome_tiff(tmp_path / "a.ome.tiff", *[planes()] * 4, plates=[wells], image_names=names)
    record = inspect(path, Roots((tmp_path,)), installed_readers([]))
    assert [image.name for image in record.images] == [
        "HT.01 [Well A1, Field 1]",
        "HT.01 [Well A1, Field 2]",
        "HT.01 [Well B3, Field 1]",
        "image",
    ]


def test_fields_with_names_of_their_own_keep_them(tmp_path: Path) -> None:
    wells, names = plate_xml({(0, 0): [0, 1]}), ["left", "right"]
    path = write_ome_tiff(tmp_path / "a.ome.tiff", *[planes()] * 2, plates=[wells], image_names=names)
    assert [image.name for image in inspect(path, Roots((tmp_path,)), installed_readers([])).images] == names


def test_what_images_of_a_file_share_is_told_once(tmp_path: Path) -> None:
    laser = Section(kind="Laser", values=(("Model", "one laser"),))
    annotated = Section(kind="Detector", annotations=(Annotation(kind="File", file=AttachedFile(name="a"), more=1),))
    microscope = Section(kind="Microscope", sections=(laser, annotated), pairs=(Pair("a", ""),), title="t")
    original = OriginalMetadata(pairs=(Pair("k", "v"),), count=7)
    path = write_ome_tiff(tmp_path / "a.ome.tiff", planes())
    record = inspect(path, Roots((tmp_path,)), installed_readers([]))
    image = dataclasses.replace(record.images[0], acquisition=(microscope, laser), original=original)
    again = dataclasses.replace(image, acquisition=(dataclasses.replace(microscope),))
    record = dataclasses.replace(record, images=(image,) * 500 + (again,))
    text = record.to_json()
    assert Inspection.from_json(text) == record
    assert text.count("one laser") == 1
    assert str(record.document()["images"][3]).count("one laser") == 2
    images = Inspection.from_json(text).images
    assert images[0].acquisition[0] is images[-1].acquisition[0]
