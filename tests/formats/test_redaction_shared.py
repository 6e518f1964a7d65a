"""What images share is redacted by the same rules, once."""

from publisher.formats.redaction import MASK, Redaction
from publisher.formats.redaction_shared import ImageRedactor
from publisher.model.acquisition import Section
from publisher.model.annotation import Annotation, OriginalMetadata, Pair
from publisher.model.image import Channel, Image, Pixels

PATH = "/home/canary/a.tif"


def shown(
    acquisition: tuple[Section, ...], original: OriginalMetadata | None = None, **rules: tuple[str, ...]
) -> Image:
    image = Image(
        series=0,
        name="a",
        pixels=Pixels(size_x=1, size_y=1, dtype="uint8"),
        channels=(Channel(),),
        acquisition=acquisition,
        original=original,
    )
    return ImageRedactor(Redaction(**rules)).image(image)


def test_words_of_every_part_of_a_section_are_searched() -> None:
    inner = Section(kind="Laser", values=(("Model", PATH),))
    section = Section(
        kind="Microscope",
        title=PATH,
        values=(("Model", PATH),),
        pairs=(Pair("note", PATH), Pair("Operator", "canary")),
        sections=(inner,),
        annotations=(Annotation(kind="Comment", value=PATH),),
    )
    found = shown((section,)).acquisition[0]
    assert "canary" not in repr(found)
    assert (found.title, found.values, found.pairs) == (MASK, (("Model", MASK),), (Pair("note", MASK),))
    assert found.sections[0].values == (("Model", MASK),)


def test_a_site_takes_out_devices_and_values_by_the_names_of_the_document() -> None:
    laser = Section(kind="Laser", values=(("Model", "x"),))
    section = Section(kind="Microscope", values=(("Model", "x"), ("SerialNumber", "7")), sections=(laser,))
    found = shown((section,), redact=("Laser", "SerialNumber")).acquisition
    assert found == (Section(kind="Microscope", values=(("Model", "x"),)),)


def test_what_a_site_takes_out_is_not_told_in_the_line_that_names_the_device() -> None:
    laser = Section(kind="Laser", values=(("Model", "Secret 7"), ("Power", "Secret 7")))
    light = Section(kind="LightSourceSettings", values=(("Device", "Maker Secret 7, Laser"), ("Attenuation", "50 %")))
    found = shown((laser, light), redact=("Model",)).acquisition
    assert [section.values for section in found] == [(("Power", "Secret 7"),), (("Attenuation", "50 %"),)]


def test_private_keys_of_the_vendor_are_neither_shown_nor_counted() -> None:
    original = OriginalMetadata(
        pairs=(Pair("Global Operator", "canary"), Pair("Zoom", "1"), Pair("File", PATH)), count=50
    )
    assert shown((), original).original == OriginalMetadata(pairs=(Pair("Zoom", "1"), Pair("File", MASK)), count=49)


def test_a_kind_of_annotation_is_taken_out_by_its_name_in_the_document() -> None:
    note = Annotation(kind="Comment", value="x")
    section = Section(kind="Detector", annotations=(note,))
    assert shown((section,), redact=("CommentAnnotation",)).acquisition[0].annotations == ()


def test_what_was_shared_stays_shared() -> None:
    redactor = ImageRedactor(Redaction())
    section = Section(kind="Microscope", values=(("Model", PATH),))
    image = shown((section,))
    first, second = (redactor.image(image) for _ in range(2))
    assert first.acquisition[0] is second.acquisition[0]
