import hashlib
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import tensorstore
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.errors import ConversionError, DamagedSourceError
from publisher.ngff import geometry, shard_writer
from publisher.ngff.geometry import BASE_BYTES, memory_needed
from publisher.ngff.pixels import write_pixels
from publisher.sources.protocol import TileGrid
from tests.ngff.array_source import ArraySource, plan_of, pyramid, written

RNG = np.random.default_rng(7)


def noise(*shape: int, dtype: str = "uint16") -> np.ndarray:
    return RNG.poisson(90, shape).astype(dtype)


def tree(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def by_tensorstore(folder: Path) -> np.ndarray:
    spec = {"driver": "zarr3", "kvstore": {"driver": "file", "path": f"{folder}/"}}
    return tensorstore.open(spec).result().read().result()


@pytest.mark.parametrize("sharding", ["on", "off"])
@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64"])
def test_every_level_reads_back_by_zarr_and_tensorstore(tmp_path, dtype, sharding):
    array = noise(2, 2, 3, 513, 301).astype(dtype) - (50 if dtype.startswith("int") else 0)
    array = array.astype(dtype)
    written(ArraySource(array), tmp_path, sharding=sharding)
    for number, expected in enumerate(pyramid(array, 3)):
        level = tmp_path / str(number)
        np.testing.assert_array_equal(zarr.open_array(level, mode="r")[:], expected)
        np.testing.assert_array_equal(by_tensorstore(level), expected)


@pytest.mark.parametrize(
    ("source", "published"), [("bool", "uint8"), ("int64", "int32"), ("float16", "float32"), ("float64", "float32")]
)
def test_samples_that_viewers_cannot_read_are_converted(tmp_path, source, published):
    array = (RNG.random((1, 1, 1, 20, 30)) * 2).astype(source)
    written(ArraySource(array), tmp_path)
    level = zarr.open_array(tmp_path / "0", mode="r")
    assert level.dtype == published
    np.testing.assert_array_equal(level[:], array.astype(published))


@pytest.mark.parametrize(("dtype", "value"), [("int64", 2**31), ("float64", 1e300)])
def test_a_value_that_its_published_type_cannot_keep_stops_the_image(tmp_path, dtype, value):
    array = np.zeros((1, 1, 1, 20, 30), dtype)
    array[..., 5, 6] = value
    with pytest.raises(ConversionError) as caught:
        written(ArraySource(array), tmp_path)
    assert caught.value.problems[0].code == "pixels.value-out-of-range"
    assert "`dtype:`" in caught.value.problems[0].hint


@pytest.mark.parametrize(
    ("source", "said", "values"),
    [
        ("int64", "uint32", [0, 2**32 - 1]),
        ("int64", "uint64", [0, 2**63 - 1]),
        ("int64", "float32", [-(2**24), 2**24]),
        ("uint64", "uint16", [0, 65535]),
        ("uint64", "int32", [0, 2**31 - 1]),
        ("uint16", "uint8", [0, 255]),
        ("uint8", "int8", [0, 127]),
        ("float64", "uint16", [0.0, 65535.0]),
        ("float64", "int32", [-(2.0**31), 2.0**31 - 1]),
        ("float32", "uint64", [0.0, 2.0**63]),
        ("float16", "int8", [-128.0, 127.0]),
    ],
)
def test_the_curator_says_the_published_type(tmp_path, source, said, values):
    array = np.array(values, source).reshape(1, 1, 1, 1, 2)
    written(ArraySource(array), tmp_path, dtype=said)
    level = zarr.open_array(tmp_path / "0", mode="r")
    assert level.dtype == said
    assert [int(value) for value in level[:].ravel()] == [int(value) for value in values]


@pytest.mark.parametrize(
    ("source", "said", "value"),
    [
        ("int64", "uint32", -1),
        ("int64", "float32", 2**24 + 1),
        ("uint64", "int32", 2**31),
        ("uint64", "float32", 2**64 - 1),
        ("uint8", "int8", 128),
        ("int8", "uint8", -1),
        ("float64", "uint16", 0.5),
        ("float64", "uint16", 65536.0),
        ("float64", "uint16", np.nan),
        ("float64", "int32", np.inf),
        ("float32", "uint64", 2.0**64),
        ("float16", "uint64", np.inf),
    ],
)
def test_a_type_that_would_change_a_value_stops_the_image(tmp_path, source, said, value):
    array = np.zeros((1, 1, 1, 4, 4), source)
    array[..., 1, 2] = value
    with pytest.raises(ConversionError, match="dtype:"):
        written(ArraySource(array), tmp_path, dtype=said)


def test_nan_and_infinity_survive_in_float64(tmp_path):
    array = np.array([np.nan, np.inf, -np.inf, 1.5]).reshape(1, 1, 1, 2, 2)
    result = written(ArraySource(array), tmp_path)
    np.testing.assert_array_equal(zarr.open_array(tmp_path / "0", mode="r")[:], array.astype("float32"))
    assert (result.statistics.channels[0].minimum, result.statistics.channels[0].maximum) == (1.5, 1.5)


@pytest.mark.parametrize("sharding", ["on", "off"])
def test_one_two_or_eight_threads_write_the_same_bytes(tmp_path, sharding):
    source = ArraySource(noise(1, 3, 1, 2600, 4100, dtype="uint8"), tile=(256, 256), samples=3)
    results = [written(source, tmp_path / str(n), threads=n, shard_mb=4, sharding=sharding) for n in (1, 2, 8)]
    assert tree(tmp_path / "1") == tree(tmp_path / "2") == tree(tmp_path / "8")
    assert results[0].statistics == results[1].statistics == results[2].statistics
    assert results[0].files == results[1].files == results[2].files


def test_the_bytes_do_not_depend_on_how_the_source_is_stored(tmp_path):
    array = noise(1, 3, 2, 2200, 2300)
    written(ArraySource(array), tmp_path / "plain", shard_mb=8)
    written(ArraySource(array, tile=(97, 2300)), tmp_path / "strips", shard_mb=8)
    written(ArraySource(array, tile=(240, 240), samples=3), tmp_path / "interleaved", shard_mb=8)
    assert tree(tmp_path / "plain") == tree(tmp_path / "strips") == tree(tmp_path / "interleaved")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_shape_and_tiling_comes_out_exact(tmp_path_factory, monkeypatch, data):
    monkeypatch.setattr(geometry, "BLOCK_PX", 256)
    sides = st.integers(1, 900)
    counts = st.integers(1, 2)
    samples = data.draw(st.sampled_from([1, 3]), "samples")
    groups = data.draw(counts, "groups")
    shape = (data.draw(counts), samples * groups, data.draw(counts), data.draw(sides), data.draw(sides))
    tile = data.draw(st.none() | st.tuples(sides, sides), "tile")
    array = np.random.default_rng(1).integers(0, 255, shape, "uint8")
    folder = tmp_path_factory.mktemp("any")
    keys = {"chunk_px": 128, "shard_mb": 1, "sharding": data.draw(st.sampled_from(["on", "off"]), "sharding")}
    result = written(ArraySource(array, tile=tile, samples=samples), folder, **keys)
    levels = sorted(path.name for path in folder.iterdir())
    for name, expected in zip(levels, pyramid(array, len(levels)), strict=True):
        np.testing.assert_array_equal(zarr.open_array(folder / name, mode="r")[:], expected)
    assert result.statistics.channels[0].maximum == array[:, 0].max()


def test_what_waits_beyond_the_limit_is_spilled_and_comes_back(tmp_path, monkeypatch):
    source = ArraySource(noise(1, 3, 2, 1100, 900), tile=(128, 128), samples=3)
    written(source, tmp_path / "in-memory")
    monkeypatch.setattr(shard_writer, "WAITING_BYTES", 1000)
    written(source, tmp_path / "spilled")
    assert tree(tmp_path / "in-memory") == tree(tmp_path / "spilled")


def test_shards_store_plane_after_plane(tmp_path):
    written(ArraySource(noise(1, 3, 2, 512, 512)), tmp_path)
    data = (tmp_path / "0/c/0/0/0/0/0").read_bytes()
    index = np.frombuffer(data[-4 - 16 * 3 * 2 * 4 : -4], "<u8").reshape(-1, 2)
    np.testing.assert_array_equal(index[1:, 0], index[:-1].sum(axis=1))
    assert index[0, 0] == 0


def test_what_an_interrupted_run_left_does_not_matter(tmp_path):
    source = ArraySource(noise(1, 2, 2, 300, 300))
    written(source, tmp_path / "once")
    (tmp_path / "again/0/c/0/0/0/0").mkdir(parents=True)
    (tmp_path / "again/0/c/0/0/0/0/0").write_bytes(b"half of a shard")
    written(source, tmp_path / "again")
    assert tree(tmp_path / "once") == tree(tmp_path / "again")


def test_each_file_is_listed_with_its_size_and_sha256(tmp_path):
    result = written(ArraySource(noise(2, 1, 1, 600, 600)), tmp_path)
    assert {str(file.path): file.sha256 for file in result.files} == tree(tmp_path)
    assert all(file.size == (tmp_path / file.path).stat().st_size for file in result.files)
    assert [file.path for file in result.files] == sorted(file.path for file in result.files)
    assert len(result.files) == plan_of(np.zeros((2, 1, 1, 600, 600), "uint16")).file_count


@pytest.mark.parametrize(("sharding", "files"), [("on", 1), ("off", 9 + 4 + 1)])
def test_files_of_nothing_but_zero_exist_unless_the_host_answers_404(tmp_path, sharding, files):
    array = np.zeros((1, 1, 2, 700, 700), "uint16")
    array[:, :, 0] = 5
    result = written(ArraySource(array), tmp_path / "all", sharding=sharding, shard_mb=2)
    fewer = written(ArraySource(array), tmp_path / "404", sharding=sharding, shard_mb=2, missing_keys="404")
    assert len(result.files) - len(fewer.files) == files
    np.testing.assert_array_equal(zarr.open_array(tmp_path / "404" / "0", mode="r")[:], array)


def test_negative_zero_is_not_taken_for_the_fill_value(tmp_path):
    written(ArraySource(np.full((1, 1, 1, 64, 64), -0.0, "float32")), tmp_path)
    assert np.signbit(zarr.open_array(tmp_path / "0", mode="r")[:]).all()


@pytest.mark.parametrize("tile", [(256, 256), (512, 512), (1024, 1024), (16, 4100), (5000, 4100)])
def test_a_tile_that_nests_is_decoded_once(tmp_path, tile):
    result = written(ArraySource(noise(1, 1, 1, 5000, 4100, dtype="uint8"), tile=tile), tmp_path)
    assert result.decoded_tiles == -(-5000 // tile[0]) * -(-4100 // tile[1])


@pytest.mark.parametrize("tile", [(240, 240), (300, 4100), (37, 4100), (1000, 1000), (2000, 130)])
def test_a_tile_that_does_not_nest_is_decoded_at_most_1_3_times(tmp_path, tile):
    result = written(ArraySource(noise(1, 1, 1, 5000, 4100, dtype="uint8"), tile=tile), tmp_path)
    assert result.decoded_tiles <= 1.3 * -(-5000 // tile[0]) * -(-4100 // tile[1])


def test_every_bit_that_flips_in_a_chunk_or_the_index_is_found(tmp_path):
    written(ArraySource(noise(1, 1, 1, 256, 256)), tmp_path)
    shard = tmp_path / "0/c/0/0/0/0/0"
    whole = shard.read_bytes()
    for position in RNG.integers(0, len(whole), 40):
        damaged = bytearray(whole)
        damaged[position] ^= 1 << int(RNG.integers(8))
        shard.write_bytes(damaged)
        with pytest.raises((ValueError, RuntimeError)):
            zarr.open_array(tmp_path / "0", mode="r")[:]


def test_memory_stays_below_what_the_geometry_says(tmp_path):
    tile = RNG.integers(0, 99, (1, 2048, 2048), "uint8")

    class Endless(ArraySource):
        def read(self, series, level, *, t, z, c, y, x):
            return tile[:, : y.stop - y.start, : x.stop - x.start].copy()

    def peak(edge: int) -> int:
        source = Endless(np.broadcast_to(np.zeros((), "uint8"), (1, 1, 1, edge, edge)), tile=(512, 512))
        needed = memory_needed(plan_of(source.array), source.tiling(0, 0), threads=2) - BASE_BYTES
        tracemalloc.start()
        written(source, tmp_path / str(edge), threads=2)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert used < needed
        return needed

    assert peak(9000) - peak(4500) < 24 * 2**20


def test_memory_limits_the_threads_and_refuses_what_cannot_be_done(tmp_path):
    source = ArraySource(noise(1, 1, 1, 3000, 3000), tile=(3000, 3000))
    plan = plan_of(source.array)
    with pytest.raises(ConversionError, match=r"3000 × 3000.*80 MiB were allowed.*--memory") as caught:
        write_pixels(source, 0, plan, tmp_path, threads=2, memory_bytes=80 * 2**20)
    assert caught.value.problems[0].code == "pixels.memory"
    assert write_pixels(source, 0, plan, tmp_path, threads=8, memory_bytes=200 * 2**20).files


def test_progress_tells_what_is_done_so_far_and_ends_at_the_bytes_of_level_0(tmp_path):
    array = noise(2, 3, 2, 2100, 900)
    done: list[int] = []
    write_pixels(ArraySource(array), 0, plan_of(array), tmp_path, threads=2, progress=done.append)
    assert done == sorted(done)
    assert done[-1] == array.nbytes


def test_a_block_that_is_not_what_the_metadata_said_is_refused(tmp_path):
    class Lying(ArraySource):
        def read(self, series, level, *, t, z, c, y, x):
            return super().read(series, level, t=t, z=z, c=c, y=y, x=x)[:, :-1]

    with pytest.raises(DamagedSourceError, match="delivered a block of shape"):
        written(Lying(noise(1, 1, 1, 64, 64)), tmp_path)


def test_an_error_of_the_source_ends_the_sweep_and_is_told_as_it_is(tmp_path):
    class Broken(ArraySource):
        def read(self, series, level, *, t, z, c, y, x):
            if z == 3:
                raise DamagedSourceError()
            return super().read(series, level, t=t, z=z, c=c, y=y, x=x)

    with pytest.raises(DamagedSourceError):
        written(Broken(noise(1, 1, 9, 64, 64)), tmp_path)


def test_a_folder_that_cannot_be_written_is_a_problem_not_a_traceback(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConversionError) as caught:
        written(ArraySource(noise(1, 1, 1, 64, 64)), tmp_path / "file")
    assert caught.value.problems[0].code == "pixels.not-written"


def test_the_picture_is_the_middle_plane_of_the_level_next_above_1024(tmp_path):
    array = noise(2, 2, 3, 2100, 600)
    result = written(ArraySource(array), tmp_path)
    assert result.picture_level == 1
    np.testing.assert_array_equal(result.picture, pyramid(array[:1, :, 1:2], 2)[1][0, :, 0])


def test_the_picture_of_very_many_channels_is_of_a_smaller_level(tmp_path):
    result = written(ArraySource(np.broadcast_to(np.uint16(3), (1, 40, 1, 1100, 1100))), tmp_path)
    assert result.picture.shape == (40, 550, 550)


def test_larger_pictures_are_counted_in_the_memory() -> None:
    plan = plan_of(np.zeros((1, 3, 1, 8192, 8192), "uint8"))
    tiling = TileGrid(height=512, width=512)
    small, large = (memory_needed(plan, tiling, 1, picture_px) for picture_px in (1024, 4096))
    assert large - small == 3 * (4096**2 - 1024**2)
