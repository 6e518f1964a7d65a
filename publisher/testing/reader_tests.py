"""What every reader must do, as a pytest class: subclass it, give it your reader and a sample file.

The list of checks follows the idea of Bio-Formats' FormatReaderTest: every claim a reader makes about a file
is compared with what it then delivers.
"""

from __future__ import annotations

import os
import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from publisher.errors import DamagedSourceError, PublisherError, Severity, SourceError
from publisher.sources.inspect import Inspection, inspect
from publisher.sources.protocol import INTERFACE_VERSION, EncodedChunks, ImageSource, Reader, Roots
from publisher.sources.registry import Registry

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Sample:
    """A file and what it holds: ``images`` are pixels (T, C, Z, Y, X) in series order, empty when not known."""

    path: Path
    images: Sequence[NDArray[Any]] = ()
    axes: str | None = None


class ReaderTests(ABC):
    """Conformance of one `Reader`. Subclasses name the class ``Test...`` and implement `reader` and `sample`."""

    @pytest.fixture
    @abstractmethod
    def reader(self) -> Reader:
        """The reader under test."""

    @pytest.fixture
    @abstractmethod
    def sample(self, tmp_path: Path) -> Sample:
        """A small file of your format with known pixels, in a folder of its own below ``tmp_path``."""

    @pytest.fixture
    def roots(self, sample: Sample) -> Roots:
        """The folder of the sample."""
        return Roots((sample.path.parent,))

    @pytest.fixture
    def source(self, reader: Reader, sample: Sample, roots: Roots) -> Iterator[ImageSource]:
        """The opened sample."""
        with reader.open(sample.path, roots, axes=sample.axes) as opened:
            yield opened

    def test_describes_itself(self, reader: Reader) -> None:
        """Name, suffixes and revision are what the registry needs."""
        assert reader.name
        assert reader.name == reader.name.strip().lower()
        assert all(suffix[:1] in (".", "-") for suffix in reader.suffixes)
        assert reader.revision >= 1
        assert getattr(reader, "interface", 1) == INTERFACE_VERSION

    def test_knows_its_own_file(self, reader: Reader, sample: Sample) -> None:
        """`can_read` accepts the sample and refuses text."""
        head = b"" if sample.path.is_dir() else sample.path.read_bytes()[:4096]
        assert reader.can_read(sample.path, head)
        assert not reader.can_read(sample.path.with_name("notes.txt"), b"just some words, no image")

    def test_numbers_its_images_in_order(self, source: ImageSource) -> None:
        """Series numbers are 0, 1, 2, ..."""
        assert [image.series for image in source.images()] == list(range(len(source.images())))
        assert source.images()

    def test_declares_sane_pixels(self, source: ImageSource) -> None:
        """Sizes are positive, the type is a numpy name, each channel has an entry."""
        import numpy as np

        for image in source.images():
            assert all(size > 0 for size in image.pixels.shape)
            assert np.dtype(image.pixels.dtype).name == image.pixels.dtype
            assert len(image.channels) == image.pixels.size_c
            assert all(size is None or size > 0 for size in image.pixels.pixel_size_um)

    def test_plates_hold_its_images(self, source: ImageSource) -> None:
        """Fields are images of the source, each in one well; wells lie on their plate, sorted, each once."""
        fields = [series for plate in source.plates() for series in plate.series()]
        assert len(set(fields)) == len(fields)
        assert set(fields) <= {image.series for image in source.images()}
        for plate in source.plates():
            places = [(well.row, well.column) for well in plate.wells]
            assert places == sorted(set(places))
            assert all(0 <= row < len(plate.rows) and 0 <= column < len(plate.columns) for row, column in places)
            known = {acquisition.id for acquisition in plate.acquisitions}
            assert all(number > 0 for number in known)
            taken = {field.acquisition for well in plate.wells for field in well.fields}
            assert taken <= {None, *known}

    def test_labels_belong_to_its_images(self, source: ImageSource) -> None:
        """A label image has the sizes of its image and one channel of integers, and can be read under its number."""
        import numpy as np

        images = {image.series: image.pixels for image in source.images()}
        labels = source.labels()
        assert not {label.series for label in labels} & images.keys()
        assert len({(label.of, label.name) for label in labels}) == len(labels)
        for label in labels:
            own, image = label.pixels, images[label.of]
            assert own.shape == (image.size_t, 1, image.size_z, image.size_y, image.size_x)
            assert np.dtype(own.dtype).kind in "biu"
            assert re.fullmatch(r"[^/\\\x00-\x1f]+", label.name)
            assert label.name not in (".", "..")
            told = [value.value for value in label.values]
            assert told == sorted(set(told))
            assert source.levels(label.series)[0] == (own.size_y, own.size_x)
            assert source.tiling(label.series, 0).samples == 1
            plane = source.read(label.series, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None))
            assert plane.shape == (1, own.size_y, own.size_x)
            assert plane.dtype == np.dtype(own.dtype)

    def test_chunks_hold_the_pixels_it_reads(self, source: ImageSource) -> None:
        """Where a source offers its chunks (`EncodedChunks`), the first of each level decodes to what `read` gives."""
        import numpy as np

        from publisher.ngff.stored_chunks import StoredChunks  # late: array libraries, which planning does without

        if not isinstance(source, EncodedChunks):
            pytest.skip("offers no chunks")
        for image in source.images():
            encoded = source.encoded(image.series)
            if encoded.obstacle:
                continue
            assert [level.shape[3:] for level in encoded.levels] == list(source.levels(image.series))
            assert encoded.levels[0].shape == image.pixels.shape
            for number, level in enumerate(encoded.levels):
                if level.chunks[:3] != (1, 1, 1):
                    continue
                height, width = level.chunks[3:]
                y, x = slice(0, height), slice(0, width)
                expected = source.read(image.series, number, t=0, z=0, c=slice(0, 1), y=y, x=x)[0]
                data = source.encoded_chunk(image.series, number, (0, 0, 0, 0, 0))
                if data is None:
                    assert not expected.any()
                else:
                    chunks = StoredChunks(level.codec, level.codec, image.pixels.dtype, (height, width))
                    found = chunks.decode(data)[: expected.shape[0], : expected.shape[1]]
                    np.testing.assert_array_equal(found, expected)

    def test_delivers_what_it_declares(self, source: ImageSource, sample: Sample) -> None:
        """Every plane has the declared shape and type, in native byte order, and the known pixels."""
        import numpy as np

        for series, image in enumerate(source.images()):
            pixels = image.pixels
            for t in range(pixels.size_t):
                for z in range(pixels.size_z):
                    plane = source.read(series, 0, t=t, z=z, c=slice(None), y=slice(None), x=slice(None))
                    assert plane.shape == (pixels.size_c, pixels.size_y, pixels.size_x)
                    assert plane.dtype.name == pixels.dtype
                    assert plane.dtype.isnative
                    if sample.images:
                        np.testing.assert_array_equal(plane, sample.images[series][t, :, z])

    def test_a_block_is_that_part_of_the_plane(self, source: ImageSource) -> None:
        """Blocks that straddle tiles equal the same part of the whole plane, and are clipped at its edge."""
        import numpy as np

        for series, image in enumerate(source.images()):
            for level, (height, width) in enumerate(source.levels(series)):
                whole = source.read(series, level, t=0, z=0, c=slice(None), y=slice(None), x=slice(None))
                assert whole.shape == (image.pixels.size_c, height, width)
                y, x = slice(height // 3, height), slice(width // 3, width // 3 + max(width // 2, 1))
                part = source.read(series, level, t=0, z=0, c=slice(None), y=y, x=x)
                np.testing.assert_array_equal(part, whole[:, y, x])
                beyond = source.read(series, level, t=0, z=0, c=slice(None), y=slice(0, height + 99), x=slice(None))
                np.testing.assert_array_equal(beyond, whole)

    def test_channels_can_be_read_one_by_one(self, source: ImageSource) -> None:
        """Channels in steps of a tile's samples equal all channels at once."""
        import numpy as np

        for series, image in enumerate(source.images()):
            step = source.tiling(series, 0).samples
            assert image.pixels.size_c % step == 0 or step < image.pixels.size_c
            whole = source.read(series, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None))
            for first in range(0, image.pixels.size_c, step):
                part = slice(first, first + step)
                block = source.read(series, 0, t=0, z=0, c=part, y=slice(None), x=slice(None))
                np.testing.assert_array_equal(block, whole[part])

    def test_levels_become_smaller(self, source: ImageSource) -> None:
        """The first level is the image, and none is larger than the one before."""
        for series, image in enumerate(source.images()):
            levels = list(source.levels(series))
            assert levels[0] == (image.pixels.size_y, image.pixels.size_x)
            assert levels == sorted(levels, reverse=True)
            assert len(set(levels)) == len(levels)

    def test_tiling_fits_the_level(self, source: ImageSource) -> None:
        """Tiles have an area and some bytes."""
        for series in range(len(source.images())):
            for level in range(len(source.levels(series))):
                grid = source.tiling(series, level)
                assert grid.height > 0
                assert grid.width > 0
                assert grid.samples > 0
                assert grid.coded_bytes >= 0

    def test_reads_from_several_threads(self, source: ImageSource) -> None:
        """Threads that read at once get what one thread gets."""
        import numpy as np

        height, _ = source.levels(0)[0]
        rows = [slice(y, y + 3) for y in range(0, height, 3)] * 4

        def block(y: slice) -> NDArray[Any]:
            return source.read(0, 0, t=0, z=0, c=slice(None), y=y, x=slice(None))

        expected = [block(y) for y in rows]
        with ThreadPoolExecutor(4) as pool:
            for one, other in zip(expected, pool.map(block, rows), strict=True):
                np.testing.assert_array_equal(one, other)

    def test_names_every_file_it_is_made_of(self, source: ImageSource) -> None:
        """Identity lists files that exist, sorted, with their sizes."""
        files = source.identity()
        assert files
        assert [file.path for file in files] == sorted(file.path for file in files)
        assert all(Path(file.path).stat().st_size == file.size for file in files)

    def test_two_readings_agree(self, reader: Reader, sample: Sample, roots: Roots) -> None:
        """Opening again gives an equal record, which survives JSON."""
        registry = Registry({reader.name: reader})
        first = inspect(sample.path, roots, registry, reader=reader.name, axes=sample.axes)
        second = inspect(sample.path, roots, registry, reader=reader.name, axes=sample.axes)
        assert first == second == Inspection.from_json(first.to_json())

    def test_warnings_are_warnings(self, source: ImageSource) -> None:
        """What is not an error has severity WARNING and names its file."""
        assert all(problem.severity is Severity.WARNING and problem.path for problem in source.warnings())

    def test_closes_its_files(self, reader: Reader, sample: Sample, roots: Roots) -> None:
        """No file stays open behind a source that was closed."""
        if not Path("/proc/self/fd").is_dir():
            pytest.skip("needs /proc to count open files")
        with reader.open(sample.path, roots, axes=sample.axes) as source:
            source.read(0, 0, t=0, z=0, c=slice(None), y=slice(0, 1), x=slice(None))
        before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # a listing that opens nothing of its own
        with reader.open(sample.path, roots, axes=sample.axes) as source:
            source.read(0, 0, t=0, z=0, c=slice(None), y=slice(0, 1), x=slice(None))
        assert len(os.listdir("/proc/self/fd")) <= before  # noqa: PTH208  # as above

    def test_refuses_a_file_outside_the_roots(self, reader: Reader, sample: Sample, tmp_path: Path) -> None:
        """Nothing outside the study's folders is opened."""
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        with pytest.raises(DamagedSourceError):
            reader.open(sample.path, Roots((elsewhere,)), axes=sample.axes)

    def test_refuses_a_file_cut_short(self, reader: Reader, sample: Sample, roots: Roots) -> None:
        """Any of its files, cut in half: refused at once or when its pixels are read, never filled in silently."""
        with reader.open(sample.path, roots, axes=sample.axes) as source:
            files = [Path(file.path) for file in source.identity()]
            expected = _everything(source)
        largest = max(files, key=lambda file: file.stat().st_size)
        os.truncate(largest, largest.stat().st_size // 2)
        try:
            with reader.open(sample.path, roots, axes=sample.axes) as source:
                found = _everything(source)
        except SourceError as error:
            refusal = error
        else:
            assert found == expected
            return
        assert all(problem.message and problem.path for problem in refusal.problems)

    def test_refuses_garbage(self, reader: Reader, sample: Sample, roots: Roots) -> None:
        """Bytes of no meaning behind the right name are a SourceError, not a traceback."""
        if sample.path.is_dir():
            shutil.rmtree(sample.path)
        sample.path.unlink(missing_ok=True)
        sample.path.write_bytes(b"\x93 no image \x00\xff" * 64)
        with pytest.raises(PublisherError):
            reader.open(sample.path, roots, axes=sample.axes)


def _everything(source: ImageSource) -> list[bytes]:
    return [
        source.read(series, 0, t=t, z=z, c=slice(None), y=slice(None), x=slice(None)).tobytes()
        for series, image in enumerate(source.images())
        for t in range(image.pixels.size_t)
        for z in range(image.pixels.size_z)
    ]
