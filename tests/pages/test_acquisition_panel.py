"""The Acquisition panel."""

from dataclasses import replace

from publisher.model.acquisition import Section
from publisher.model.image import Image
from publisher.pages.channels import chips
from publisher.pages.image_panels.acquisition import MOST_CHANNELS, AcquisitionPanel, UnsetFields, acquisition_panel
from publisher.pages.links import Linker
from publisher.pages.published import PublishedImage
from tests.pages import samples


def panel(item: PublishedImage, image: Image) -> AcquisitionPanel:
    return acquisition_panel(item, image, Linker(samples.urls.image("sim-spindle", item.entry.id)))


def test_groups_are_microscope_image_and_channels() -> None:
    item = samples.published(1)
    assert item.image is not None
    found = panel(item, item.image)
    shown = chips(item.image, item.rendering)
    assert [(group.title, group.summary, group.color) for group in found.groups] == [
        ("Microscope", "Simulated Inverted", ""),
        ("Image", "", ""),
        *((chip.name, "", chip.color) for chip in shown),
    ]
    assert [part.title for part in found.groups[0].parts] == ["Objective", "Laser", "Excitation source"]
    assert [part.title for part in found.groups[1].parts] == ["Objective settings", "Experiment", "Planes"]
    assert [(row.label, row.values[0].text) for row in found.groups[0].parts[1].rows] == [
        ("Model", "Laser 488"),
        ("Wavelength", "488 nm"),
    ]
    assert found.groups[0].parts[0].notes[0].text == "cleaned"


def test_exposures_stand_in_the_channel_table_and_planes_are_a_file() -> None:
    item = samples.published(1)
    assert item.image is not None
    found = panel(item, item.image)
    assert found.has_exposures
    assert [row.exposure for row in found.channels] == ["0.05 s", "–", "0.1 s"]
    assert found.planes is not None
    assert found.planes.href == "planes.csv"
    without = panel(replace(item, planes=None), item.image)
    assert (without.has_exposures, without.planes) == (False, None)


def test_unset_fields_of_equal_things_are_told_once() -> None:
    item = samples.published(1)
    assert item.image is not None
    model = (("Model", "a"),)
    sections = (
        Section(
            kind="Microscope",
            values=(("Manufacturer", "m"), *model, ("SerialNumber", "1"), ("LotNumber", "2"), ("Type", "Upright")),
            sections=(
                Section(kind="Dichroic", values=model),
                Section(kind="Dichroic", values=model),
                Section(kind="Dichroic", values=(*model, ("Manufacturer", "m"))),
                Section(kind="LightPath"),
            ),
        ),
        Section(kind="StageLabel", values=(("Name", "n"), ("X", "1"), ("Y", "1"), ("Z", "1"))),
        Section(kind="ImagingEnvironment", values=(("Temperature", "37 °C"),)),
    )
    assert panel(replace(item, planes=None), replace(item.image, acquisition=sections)).unset == (
        UnsetFields(title="Dichroic (a)", labels=("Manufacturer", "Serial number", "Lot number")),
        UnsetFields(title="Dichroic (a)", labels=("Serial number", "Lot number")),
        UnsetFields(title="Environment", labels=("Air pressure", "Humidity", "CO2 percent")),
        UnsetFields(title="Objective settings", labels=("Correction collar", "Medium", "Refractive index")),
    )


def test_an_image_that_says_nothing_of_its_acquisition_misses_nothing() -> None:
    item = replace(samples.published(1), planes=None)
    assert item.image is not None
    found = panel(item, replace(item.image, acquisition=(Section(kind="Channel"),)))
    assert (found.groups, found.unset) == ((), ())


def test_the_one_channel_of_a_colour_picture_has_no_colour() -> None:
    item = replace(samples.published(1), planes=None)
    assert item.image is not None
    channel = Section(kind="Channel", values=(("IlluminationType", "Transmitted"),))
    found = panel(item, replace(item.image, acquisition=(channel,)))
    assert [(group.title, group.color) for group in found.groups] == [("Channel 1", "")]


def test_of_very_many_channels_the_first_have_parts_of_their_own() -> None:
    item = replace(samples.published(1), planes=None)
    assert item.image is not None
    channels = tuple(Section(kind="Channel", values=(("AcquisitionMode", "Other"),)) for _ in range(MOST_CHANNELS + 28))
    found = panel(item, replace(item.image, acquisition=channels))
    assert (len(found.groups), found.more_channels) == (MOST_CHANNELS, 28)
