"""How an image was taken, as sections."""

from publisher.formats.ome_xml.annotation import annotations_of_file
from publisher.formats.ome_xml.instrument import AcquisitionReader
from publisher.formats.ome_xml.tree import parse
from publisher.model.acquisition import Section, every_section, label_of
from publisher.model.annotation import Annotation, Pair

INSTRUMENT = """
<Instrument ID="Instrument:0">
  <Microscope Manufacturer="Zeiss" Model="Axio" Type="Inverted"/>
  <Laser ID="LightSource:0" Model="L1" Wavelength="488.0" Power="5" PowerUnit="W" Tuneable="false">
    <Pump ID="LightSource:1"/></Laser>
  <LightEmittingDiode ID="LightSource:1" Model="LED"/>
  <GenericExcitationSource ID="LightSource:2"><Map><M K="mode">pulsed</M></Map></GenericExcitationSource>
  <Detector ID="Detector:0" Model="Orca" Type="CMOS"><AnnotationRef ID="Annotation:0"/></Detector>
  <Objective ID="Objective:0" Model="Plan-Apo" NominalMagnification="20.0" LensNA="0.8" WorkingDistance="0.5"
    WorkingDistanceUnit="mm"/>
  <FilterSet ID="FilterSet:0" Model="Cube"><ExcitationFilterRef ID="Filter:0"/><DichroicRef ID="Dichroic:0"/>
    <EmissionFilterRef ID="Filter:1"/></FilterSet>
  <Filter ID="Filter:0" Type="BandPass"><TransmittanceRange CutIn="450" CutOut="490" Transmittance="0.9"/></Filter>
  <Filter ID="Filter:1" Type="LongPass"><TransmittanceRange CutIn="510"/></Filter>
  <Dichroic ID="Dichroic:0" Model="FT510"/>
</Instrument>"""
CHANNEL = """
<Channel ID="Channel:{0}:0" Name="GFP" Color="{0}" ExcitationWavelength="488" NDFilter="0.25" PinholeSize="1.5"
  AcquisitionMode="WideField">
  <LightSourceSettings ID="LightSource:0" Attenuation="0.5"/>
  <DetectorSettings ID="Detector:0" Binning="2x2" Gain="1.2"/>
  <FilterSetRef ID="FilterSet:0"/>
  <LightPath><ExcitationFilterRef ID="Filter:0"/><EmissionFilterRef ID="Filter:1"/></LightPath>
</Channel>"""
EXPERIMENT = """
<Experiment ID="Experiment:0" Type="FP FRAP"><Description>Bleach</Description><ExperimenterRef ID="Experimenter:0"/>
  <MicrobeamManipulation ID="MicrobeamManipulation:0" Type="FRAP"><Description>one spot</Description>
    <ROIRef ID="ROI:0"/><LightSourceSettings ID="LightSource:0" Attenuation="1"/></MicrobeamManipulation>
</Experiment>"""
HEAD = """
<ExperimentRef ID="Experiment:0"/><InstrumentRef ID="Instrument:0"/>
<ObjectiveSettings ID="Objective:0" Medium="Oil" RefractiveIndex="1.515"/>
<ImagingEnvironment Temperature="37" Humidity="0.6" CO2Percent="0.05"><Map><M K="O2">21 %</M></Map></ImagingEnvironment>
<StageLabel Name="A1" X="3" XUnit="mm"/>"""
NOTES = """
<StructuredAnnotations><TagAnnotation ID="Annotation:0"><Value>cooled</Value></TagAnnotation>
<CommentAnnotation ID="Annotation:1"><Value>of the file</Value></CommentAnnotation></StructuredAnnotations>"""


def image(number: int, pixels: str, head: str = HEAD) -> str:
    body = pixels.replace('<Channel ID="Channel:0:0"/>', CHANNEL.format(number))
    return f'<Image ID="Image:{number}">{head}{body}</Image>'


def acquired(data: bytes) -> list[tuple[Section, ...]]:
    tree = parse(data, name="x")
    reader = AcquisitionReader(tree)
    return [reader.sections(element) for element in tree.images()]


def of_kind(sections: tuple[Section, ...], kind: str) -> Section:
    return next(section for section in every_section(sections) if section.kind == kind)


def test_sections_come_in_the_order_of_the_panel(ome, pixels):
    [found] = acquired(ome(EXPERIMENT + INSTRUMENT + image(0, pixels) + NOTES))
    assert [section.kind for section in found] == [
        "Microscope",
        "ObjectiveSettings",
        "ImagingEnvironment",
        "StageLabel",
        "Experiment",
        "Channel",
    ]
    assert [section.kind for section in found[0].sections] == [
        "Objective", "Filter", "Filter", "FilterSet", "Dichroic", "Detector", "Laser", "LightEmittingDiode",
        "GenericExcitationSource",
    ]  # fmt: skip


def test_devices_tell_their_values_with_units_and_what_they_refer_to(ome, pixels):
    [found] = acquired(ome(EXPERIMENT + INSTRUMENT + image(0, pixels) + NOTES))
    assert found[0].values == (("Manufacturer", "Zeiss"), ("Model", "Axio"), ("Type", "Inverted"))
    assert of_kind(found, "Objective").values == (
        ("Model", "Plan-Apo"),
        ("NominalMagnification", "20×"),
        ("LensNA", "0.8"),
        ("WorkingDistance", "0.5 mm"),
    )
    assert of_kind(found, "Laser").values == (
        ("Model", "L1"),
        ("Power", "5 W"),
        ("Wavelength", "488 nm"),
        ("Tuneable", "No"),
        ("Pump", "LED, Light emitting diode"),
    )
    assert of_kind(found, "GenericExcitationSource").pairs == (Pair("mode", "pulsed"),)
    assert of_kind(found, "Filter").values == (
        ("Type", "BandPass"),
        ("CutIn", "450 nm"),
        ("CutOut", "490 nm"),
        ("Transmittance", "90 %"),
    )
    assert of_kind(found, "FilterSet").values == (
        ("Model", "Cube"),
        ("ExcitationFilter", "BandPass, 450–490 nm"),
        ("Dichroic", "FT510"),
        ("EmissionFilter", "LongPass, from 510 nm"),
    )
    assert of_kind(found, "Detector").annotations == (Annotation(kind="Tag", value="cooled", id="Annotation:0"),)


def test_settings_environment_stage_and_experiment_belong_to_the_image(ome, pixels):
    [found] = acquired(ome(EXPERIMENT + INSTRUMENT + image(0, pixels) + NOTES))
    assert of_kind(found, "ObjectiveSettings").values == (
        ("Device", "Plan-Apo, 20×/0.8"),
        ("Medium", "Oil"),
        ("RefractiveIndex", "1.515"),
    )
    environment = of_kind(found, "ImagingEnvironment")
    assert environment.values == (("Temperature", "37 °C"), ("Humidity", "60 %"), ("CO2Percent", "5 %"))
    assert environment.pairs == (Pair("O2", "21 %"),)
    assert of_kind(found, "StageLabel").values == (("Name", "A1"), ("X", "3 mm"))
    assert of_kind(found, "Experiment").values == (("Type", "FP FRAP"), ("Description", "Bleach"))
    beam = of_kind(found, "MicrobeamManipulation")
    assert beam.values == (("Type", "FRAP"), ("Description", "one spot"), ("ROI", "ROI:0"))
    assert beam.sections[0].values == (("Device", "L1, Laser, 488 nm, 5 W"), ("Attenuation", "100 %"))


def test_a_channel_tells_its_optics(ome, pixels):
    [found] = acquired(ome(EXPERIMENT + INSTRUMENT + image(0, pixels) + NOTES))
    channel = of_kind(found, "Channel")
    assert channel.title == "GFP"
    assert channel.values == (
        ("ExcitationWavelength", "488 nm"),
        ("NDFilter", "25 %"),
        ("PinholeSize", "1.5 µm"),
        ("AcquisitionMode", "WideField"),
    )
    assert [section.kind for section in channel.sections] == [
        "LightSourceSettings",
        "DetectorSettings",
        "FilterSetRef",
        "LightPath",
    ]
    assert channel.sections[1].values == (("Device", "Orca, CMOS"), ("Gain", "1.2"), ("Binning", "2x2"))
    assert [field.label for field in channel.unset] == [
        "Emission",
        "Fluor",
        "Illumination",
        "Contrast method",
        "Pockel cell",
    ]


def test_images_that_say_the_same_share_what_they_say(ome, pixels):
    first, second = acquired(ome(EXPERIMENT + INSTRUMENT + image(0, pixels) + image(1, pixels) + NOTES))
    assert first[0] is second[0]
    assert first[-1] is second[-1]


def test_an_instrument_counts_for_an_image_that_names_but_one_of_its_devices(ome, pixels):
    [found] = acquired(ome(INSTRUMENT + image(0, pixels, head="") + NOTES))
    assert found[0].values[1] == ("Model", "Axio")


def test_references_to_nothing_and_numbers_that_are_none_are_passed_over(ome, pixels):
    head = '<InstrumentRef ID="Instrument:9"/><ObjectiveSettings ID="Objective:9" RefractiveIndex="x"/>'
    body = pixels.replace(
        '<Channel ID="Channel:0:0"/>',
        '<Channel ID="Channel:0:0"><LightSourceSettings ID="LightSource:9" Attenuation="3"/>'
        '<FilterSetRef ID="FilterSet:9"/></Channel>',
    )
    [found] = acquired(ome(f'<Image ID="Image:0">{head}{body}</Image>'))
    assert [section.kind for section in found] == ["ObjectiveSettings", "Channel"]
    assert found[1].sections[0].values == (("Attenuation", "3"),)


def test_an_instrument_that_is_none_is_nothing(ome, pixels):
    [found] = acquired(
        ome(INSTRUMENT + f'<Image ID="Image:0"><InstrumentRef ID="Detector:0"/>{pixels}</Image>' + NOTES)
    )
    assert [section.kind for section in found] == ["Channel"]
    assert not any(found)


def test_labels_are_those_of_omero_web():
    assert label_of("Channel", "AcquisitionMode") == "Mode"
    assert label_of("Laser", "LaserMedium") == "Medium"
    assert label_of("FilterSet", "EmissionFilter") == "Emission filter"
    assert label_of("ImagingEnvironment", "Made up") == "Made up"


def test_annotations_that_nothing_refers_to_are_those_of_the_file(ome, pixels):
    tree = parse(ome(INSTRUMENT + image(0, pixels) + NOTES), name="x")
    assert [each.value for each in annotations_of_file(tree)] == ["of the file"]
