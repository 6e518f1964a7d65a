"""Sets of TIFF files: opened from any of their files, renamed ones found, wrong ones refused."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from publisher.errors import SourceError
from publisher.sources.protocol import ImageSource, Roots
from publisher.sources.registry import installed_readers
from publisher.testing.images import ome_xml, planes, write_ome_tiff, write_ome_tiff_set

NAMESPACE = "http://www.openmicroscopy.org/Schemas/OME/2016-06"


def companion_set(folder: Path, pixels: np.ndarray) -> list[Path]:
    """A companion and one member for each channel of ``pixels``; members only say where the description is."""
    names = [f"m{channel}.ome.tiff" for channel in range(pixels.shape[1])]
    only = '<OME xmlns="{}" UUID="urn:uuid:{}"><BinaryOnly MetadataFile="s.companion.ome" UUID="urn:uuid:set"/></OME>'
    count = pixels.shape[0] * pixels.shape[2]
    data = "".join(
        f'<TiffData IFD="0" FirstC="{channel}" PlaneCount="{count}"><UUID FileName="{name}">urn:uuid:{name}</UUID>'
        "</TiffData>"
        for channel, name in enumerate(names)
    )
    companion = folder / "s.companion.ome"
    companion.write_text(ome_xml([pixels], [data], uuid="urn:uuid:set", order="XYZTC"))
    members = [
        write_ome_tiff(folder / name, pixels[:, [channel]], xml=only.format(NAMESPACE, name), order="XYZTC")
        for channel, name in enumerate(names)
    ]
    return [companion, *members]


def opened(path: Path) -> ImageSource:
    return installed_readers([]).reader_of(path).open(path, Roots((path.parent,)))


def assert_holds(path: Path, pixels: np.ndarray) -> list[str]:
    """The pixels are those; the codes of the warnings."""
    with opened(path) as source:
        assert [image.pixels.shape for image in source.images()] == [pixels.shape]
        for t in range(pixels.shape[0]):
            for z in range(pixels.shape[2]):
                plane = source.read(0, 0, t=t, z=z, c=slice(None), y=slice(None), x=slice(None))
                np.testing.assert_array_equal(plane, pixels[t, :, z])
        return [problem.code for problem in source.warnings()]


def test_every_file_of_a_companion_set_gives_the_whole_set(tmp_path: Path) -> None:
    pixels = planes(t=2, c=3, z=2)
    files = companion_set(tmp_path, pixels)
    identities = set()
    for path in files:
        assert assert_holds(path, pixels) == []
        with opened(path) as source:
            identities.add(source.identity())
            assert source.document() == files[0].read_bytes()
    assert len(identities) == 1
    assert [Path(file.path) for file in identities.pop()] == sorted(files)


def test_a_member_without_its_companion_says_what_is_missing(tmp_path: Path) -> None:
    companion, member, _ = companion_set(tmp_path, planes(c=2))
    companion.unlink()
    with pytest.raises(SourceError, match=r"s\.companion\.ome") as caught:
        opened(member)
    assert caught.value.problems[0].code == "source.missing-file"


def test_a_renamed_companion_is_found_by_its_uuid(tmp_path: Path) -> None:
    pixels = planes(c=2)
    companion, member, _ = companion_set(tmp_path, pixels)
    companion.rename(tmp_path / "other.companion.ome")
    (tmp_path / "a.companion.ome").write_text("<OME/>")
    assert assert_holds(member, pixels) == ["source.renamed-file"]


def test_a_companion_that_does_not_name_the_member_is_refused(tmp_path: Path) -> None:
    _, member, _ = companion_set(tmp_path, planes(c=2))
    (tmp_path / "stranger.ome.tiff").write_bytes(member.read_bytes())
    with pytest.raises(SourceError, match="does not name it"):
        opened(tmp_path / "stranger.ome.tiff")


@pytest.mark.parametrize("name", ["../outside.companion.ome", "/etc/passwd", "link.companion.ome", ".", ""])
def test_a_companion_outside_the_study_is_not_read(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    companion, member, _ = companion_set(folder, planes(c=2))
    companion.rename(tmp_path / "outside.companion.ome")
    (folder / "link.companion.ome").symlink_to(tmp_path / "outside.companion.ome")
    text = tifffile.tiffcomment(member)
    tifffile.tiffcomment(member, text.replace("s.companion.ome", name).encode())
    with pytest.raises(SourceError) as caught:
        opened(member)
    assert caught.value.problems[0].code in ("source.outside-roots", "source.missing-file")


def test_a_renamed_file_of_a_set_is_found_by_its_uuid(tmp_path: Path) -> None:
    pixels = planes(c=3)
    first, second, third = write_ome_tiff_set(tmp_path, pixels)
    second.rename(tmp_path / "copy of it.ome.tiff")
    for path in (first, third):
        assert assert_holds(path, pixels) == ["source.renamed-file"]
    assert assert_holds(tmp_path / "copy of it.ome.tiff", pixels) == []  # it knows itself


def test_files_that_changed_names_are_told_apart(tmp_path: Path) -> None:
    pixels = planes(c=3)
    first, second, third = write_ome_tiff_set(tmp_path, pixels)
    second.rename(tmp_path / "x.tif")
    third.rename(second)
    (tmp_path / "x.tif").rename(third)
    assert assert_holds(first, pixels) == ["source.renamed-file"] * 2


def test_a_file_of_another_set_is_not_taken_for_ours(tmp_path: Path) -> None:
    first, second = write_ome_tiff_set(tmp_path, planes(c=2))
    (tmp_path / "other").mkdir()
    write_ome_tiff_set(tmp_path / "other", planes(c=2), stem="other")[1].rename(second)
    with pytest.raises(SourceError, match="another file") as caught:
        opened(first)
    assert caught.value.problems[0].code == "source.wrong-file"


def test_files_that_all_carry_the_xml_of_the_first_are_one_set(tmp_path: Path) -> None:
    pixels = planes(c=2)
    first, second = write_ome_tiff_set(tmp_path, pixels)
    tifffile.tiffcomment(second, tifffile.tiffcomment(first).encode())
    assert assert_holds(first, pixels) == []
