"""Image files of every kind, with a token in each place where programs write names of people, disks and patients."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image as Picture
from PIL.PngImagePlugin import PngInfo

from publisher.testing.images import planes, write_imagej_tiff, write_ome_tiff, write_ome_zarr, write_plain_tiff
from publisher.testing.zarr_sets import write_labels, write_plate
from tests.safety.canaries import Canaries, private_ome, private_words
from tests.safety.site_of_strings import attribute, ome_document
from tests.sources.foreign.czi_files import METADATA, Tile, write_czi
from tests.sources.foreign.lif_files import LifImage, write_lif
from tests.sources.foreign.lsm_files import write_lsm
from tests.sources.foreign.nd2_files import write_nd2
from tests.sources.foreign.raw_files import mrc_bytes, write_dv
from tests.sources.foreign.test_nrrd import write_nrrd
from tests.sources.foreign.yokogawa_files import write_plate as write_yokogawa
from tests.sources.test_slides import APERIO, TILED, colours, secret, write_pages

PRIVATE_KEYS = (
    "PatientName",
    "Patient ID",
    "0010,0030 Patient's Birth Date",
    "Information|Document|UserName #1",
    "Operator",
    "AcquisitionUser",
    "e-mail",
    "HostName",
    "Owner",
)
WINDOW = {"min": 0, "max": 255, "start": 0, "end": 200}


def current_ome(canary: Canaries) -> str:
    """An OME-XML of release 2016-06 with a token in every private place."""
    first, last = canary("Experimenter FirstName"), canary("Experimenter LastName")

    def text(field: str) -> str:
        return f"{private_words(canary, field)} by {first} {last}, {last}, {first}"

    document = ome_document(text, (1, 2, 2, 40, 50), private_ome(canary))
    refs = '<ExperimenterRef ID="Experimenter:0"/><ExperimenterGroupRef ID="ExperimenterGroup:0"/>'
    pairs = "".join(f"<M K={attribute(key)}>{canary('key ' + key)}</M>" for key in PRIVATE_KEYS)
    vendor = "".join(
        f"<OriginalMetadata><Key>{key}</Key><Value>{canary('original ' + key)}</Value></OriginalMetadata>"
        for key in ("Global Operator", "Experiment|AcquisitionBlock|UserName #1", "0010,0010 Patient's Name")
    )
    own = (
        f'<Scan xmlns="urn:vendor" user="{canary("vendor user")}"><Operator>{canary("vendor operator")}</Operator>'
        f"<Patient><Name>x</Name></Patient><PatientSex>{canary('vendor patient')}</PatientSex>"
        f"<Entry Key='Artist' Value='{canary('vendor entry')}'/>"
        f"<Path>/home/{canary('vendor path')}/scan.bin</Path><Note>{text('vendor note')}</Note>"
        f"<!-- {canary('vendor comment')} --></Scan>"
    )
    structured = (
        f'<XMLAnnotation ID="Annotation:9" Annotator="Experimenter:0" '
        f'Namespace="openmicroscopy.org/OriginalMetadata"><Value>{vendor}</Value></XMLAnnotation>'
        f'<XMLAnnotation ID="Annotation:10" Namespace="urn:vendor"><Description>{text("xml description")}'
        f"</Description><Value>{own}</Value></XMLAnnotation>"
        f'<FileAnnotation ID="Annotation:8"><Description>{text("file description")}</Description><BinaryFile '
        f'FileName="/home/{canary("file folder")}/notes.txt" Size="4"><BinData Length="12" BigEndian="false">'
        f"{in_base64(canary('attachment'))}</BinData></BinaryFile></FileAnnotation>"
        f'<MapAnnotation ID="Annotation:7"><Value>{pairs}</Value></MapAnnotation>'
        f'<TermAnnotation ID="Annotation:11"><Value>{text("term")}</Value></TermAnnotation>'
        '<ListAnnotation ID="Annotation:12"><AnnotationRef ID="Annotation:13"/></ListAnnotation>'
        f'<CommentAnnotation ID="Annotation:13"><Value>{text("member")}</Value></CommentAnnotation>'
    )
    references = "".join(f'<AnnotationRef ID="Annotation:{n}"/>' for n in (7, 8, 9, 10, 11, 12))
    containers = "".join(
        f'<{kind} ID="{kind}:0" Name={attribute(text(kind + " name"))}><Description>{text(kind + " description")}'
        f"</Description>{refs}</{kind}>"
        for kind in ("Project", "Dataset")
    )
    experiment = (
        f'<Experiment ID="Experiment:0" Type="Other"><Description>{text("experiment")}</Description>'
        '<ExperimenterRef ID="Experimenter:0"/></Experiment>'
    )
    region = (
        f'<ROI ID="ROI:0" Name={attribute(text("region name"))}><Union><Label ID="Shape:0" X="1" Y="2" '
        f"Text={attribute(text('region text'))}/><Rectangle ID='Shape:1' X='1' Y='1' Width='3' Height='3' "
        f"Text={attribute(text('shape text'))}/></Union><Description>{text('region description')}</Description></ROI>"
    )
    rights = f"<Rights><RightsHolder>{text('rights holder')}</RightsHolder></Rights>"
    comment = f"<!-- made by {canary('comment')} --><?printer {canary('instruction')}?>"
    document = document.replace("?><OME ", f"?>{comment}<OME Creator={attribute(private_words(canary, 'creator'))} ")
    return (
        document.replace('<InstrumentRef ID="Instrument:0"/>', refs + '<InstrumentRef ID="Instrument:0"/>')
        .replace("<Experimenter ", f"{rights}{containers}<Experimenter ", 1)
        .replace("<Instrument ", f"{experiment}<Instrument ", 1)
        .replace("</Image>", '<ROIRef ID="ROI:0"/>' + references + "</Image>")
        .replace("</StructuredAnnotations>", structured + "</StructuredAnnotations>" + region)
    )


def in_base64(text: str) -> str:
    """``text`` as OME-XML stores the bytes of a file."""
    import base64

    return base64.b64encode(text.encode()).decode()


def old_ome(canary: Canaries) -> str:
    """An OME-XML of release 2003-FC: people have elements, groups a leader and a contact."""
    return (
        '<OME xmlns="http://www.openmicroscopy.org/XMLschemas/OME/FC/ome.xsd">'
        '<Project ID="urn:lsid:x.org:Project:1" Name="P"><Description>'
        f"{private_words(canary, 'old project')}</Description>"
        '<ExperimenterRef ID="urn:lsid:x.org:Experimenter:1"/><GroupRef ID="urn:lsid:x.org:Group:1"/></Project>'
        f'<Experimenter ID="urn:lsid:x.org:Experimenter:1"><FirstName>{canary("old FirstName")}</FirstName>'
        f"<LastName>{canary('old LastName')}</LastName><Email>{canary('old Email')}@x.org</Email>"
        f"<Institution>Institute</Institution><OMEName>{canary('old OMEName')}</OMEName>"
        '<GroupRef ID="urn:lsid:x.org:Group:1"/></Experimenter>'
        f'<Group ID="urn:lsid:x.org:Group:1" Name="{canary("old Group")}">'
        '<Leader ID="urn:lsid:x.org:Experimenter:1"/><Contact ID="urn:lsid:x.org:Experimenter:1"/></Group>'
        f'<Image ID="urn:lsid:x.org:Image:1" Name="{private_words(canary, "old name")}" DefaultPixels="'
        'urn:lsid:x.org:Pixels:1"><CreationDate>2003-01-02T03:04:05</CreationDate>'
        '<ExperimenterRef ID="urn:lsid:x.org:Experimenter:1"/><GroupRef ID="urn:lsid:x.org:Group:1"/>'
        f"<Description>{private_words(canary, 'old description')} by {canary('old FirstName')} "
        f"{canary('old LastName')}</Description><ChannelInfo ID='urn:lsid:x.org:LogicalChannel:1' Name='c'>"
        "<ChannelComponent Pixels='urn:lsid:x.org:Pixels:1' Index='0'/></ChannelInfo>"
        '<Pixels ID="urn:lsid:x.org:Pixels:1" DimensionOrder="XYZCT" PixelType="uint8" SizeX="12" SizeY="8" SizeZ="1" '
        'SizeC="1" SizeT="1" BigEndian="false"><TiffData/></Pixels></Image></OME>'
    )


def middle_ome(canary: Canaries) -> str:
    """An OME-XML of release 2010-06: users have an OMEName, datasets and groups contacts."""
    return (
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2010-06" '
        'xmlns:SA="http://www.openmicroscopy.org/Schemas/SA/2010-06">'
        f'<Experimenter ID="Experimenter:0" DisplayName="{canary("middle DisplayName")}" '
        f'FirstName="{canary("middle FirstName")}" LastName="{canary("middle LastName")}" '
        f'Email="{canary("middle Email")}@x.org" UserName="{canary("middle UserName")}"/>'
        f'<Group ID="Group:0" Name="{canary("middle Group")}"><Description>{canary("middle about")}</Description>'
        '<Leader ID="Experimenter:0"/><Contact ID="Experimenter:0"/></Group>'
        f'<Image ID="Image:0" Name="{private_words(canary, "middle name")}"><ExperimenterRef ID="Experimenter:0"/>'
        '<GroupRef ID="Group:0"/><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" SizeX="12" SizeY="8" '
        'SizeZ="1" SizeC="1" SizeT="1"><Channel ID="Channel:0:0" SamplesPerPixel="1"/><TiffData/></Pixels>'
        '<SA:AnnotationRef ID="Annotation:0"/></Image><SA:StructuredAnnotations>'
        f'<SA:XMLAnnotation ID="Annotation:0"><SA:Value><Operator>{canary("middle operator")}</Operator></SA:Value>'
        "</SA:XMLAnnotation></SA:StructuredAnnotations></OME>"
    )


def private_tags(canary: Canaries, place: str) -> dict[str, object]:
    """TIFF tags that name people, computers and places, for tifffile."""
    tags = {315: "Artist", 316: "HostComputer", 269: "DocumentName", 285: "PageName", 33432: "Copyright", 700: "XMP"}
    return {
        "software": canary(f"{place} Software") + " " + private_words(canary, f"{place} Software"),
        "extratags": [(number, 2, 0, canary(f"{place} {name}"), True) for number, name in tags.items()],
    }


def write_tiffs(folder: Path, canary: Canaries) -> None:
    """OME-TIFFs of three releases, an ImageJ TIFF, a plain one and a slide."""
    pixels = planes(c=2, z=2, y=40, x=50, dtype="uint16")
    write_ome_tiff(folder / "ome.ome.tiff", pixels, xml=current_ome(canary), **private_tags(canary, "ome"))
    for name, document in (("old", old_ome(canary)), ("middle", middle_ome(canary))):
        write_ome_tiff(folder / f"{name}.ome.tiff", planes(), xml=document)
    info = "".join(f"{key}: {canary('ImageJ ' + key)}\n" for key in PRIVATE_KEYS) + private_words(canary, "ImageJ Info")
    labels = [private_words(canary, "ImageJ label")] * 2
    write_imagej_tiff(folder / "imagej.tif", planes(c=2, dtype="uint16"), Info=info, Labels=labels)
    description = private_words(canary, "ImageDescription")
    write_plain_tiff(
        folder / "plain.tif", [planes()[0, 0, 0]], description=description, **private_tags(canary, "plain")
    )
    aperio = APERIO.replace("b414003d", canary("Aperio User"))
    aperio += f"|Filename = {canary('Aperio Filename')}|Title = /home/{canary('Aperio Title')}/x.svs"
    label = f"Aperio Image Library v11.2.1 \r\nlabel 20x20|Barcode = {canary('Aperio barcode')}"
    write_pages(
        folder / "slide.svs",
        (colours(64, 96), aperio, dict(TILED)),
        (secret(20, 20), label, {"subfiletype": 1}),
        (secret(20, 60), "Aperio Image Library v11.2.1 \r\nmacro 60x20", {"subfiletype": 9}),
    )


def write_vendors(folder: Path, canary: Canaries) -> None:
    """Files of microscopes and cameras."""
    document = METADATA.replace("Somebody", canary("CZI UserName"))
    document = document.replace("mosaic of cells", f"/home/{canary('CZI Name')}/scan.czi")
    document = document.replace("two scenes", private_words(canary, "CZI Description"))
    document = document.replace("<System>Axio</System>", f"<System>{private_words(canary, 'CZI System')}</System>")
    tile = planes(y=16, x=20, dtype="uint16")[0, 0, 0]
    write_czi(folder / "a.czi", [Tile(tile, at={"C": n}) for n in range(2)], metadata=document)
    name = f"saved by {canary('LIF mail')}@x.org to C:\\Users\\{canary('LIF name')}\\a.lif"
    lut = f"/home/{canary('LIF lut')}/green.lut"
    write_lif(folder / "a.lif", [LifImage(name, planes(y=8, x=12)[0, 0, 0], "YX", luts=[lut])])
    write_lsm(folder / "a.lsm", planes(c=1, y=8, x=12), names=[f"/home/{canary('LSM channel')}/c"])
    frames = planes(c=1, y=8, x=12, dtype="uint16")[None, :, 0, :]
    write_nd2(folder / "a.nd2", frames.transpose(0, 1, 2, 3, 4)[:, :, :, None], names=[f"{canary('ND2')}@lab.org"])
    write_dv(folder / "a.dv", planes(c=1, z=2, y=8, x=12, dtype="uint16"))
    header = bytearray(mrc_bytes(planes(z=2, y=8, x=12)[0, 0].astype("int8")))
    header[224:304] = f"by {canary('MRC mail')}@x.org in /home/{canary('MRC path')}/a.mrc".encode().ljust(80)
    (folder / "a.mrc").write_bytes(bytes(header))
    remark = f"# /home/{canary('NRRD remark')}/a\nowner:={canary('NRRD owner')}\npath:=/home/{canary('NRRD path')}/b\n"
    write_nrrd(folder / "a.nrrd", planes(z=2, y=8, x=12)[0, 0], extra=remark)
    plate = write_yokogawa(folder / "cv8000", {(1, 1): [planes(y=8, x=12, dtype="uint16")]})
    detail = plate.parent / "MeasurementDetail.mrf"
    detail.write_text(detail.read_text().replace("somebody", canary("Yokogawa operator")))
    plate.write_text(plate.read_text().replace("plate 7", f"/home/{canary('Yokogawa plate')}/plate 7"))


def write_pictures(folder: Path, canary: Canaries) -> None:
    """A PNG with text, a JPEG with EXIF and a comment."""
    text = PngInfo()
    for key in ("Author", "Comment", "Source"):
        text.add_text(key, canary(f"PNG {key}"))
    text.add_itxt("XML:com.adobe.xmp", canary("PNG XMP"), zip=True)
    picture = Picture.fromarray(np.tile(np.arange(64, dtype="uint8"), (48, 1)))
    picture.save(folder / "a.png", pnginfo=text)
    exif = Picture.Exif()
    exif[315], exif[33432], exif[270] = canary("EXIF Artist"), canary("EXIF Copyright"), canary("EXIF Description")
    exif[36867] = "2020:01:02 03:04:05"
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", exif=exif, comment=canary("JPEG comment").encode())
    (folder / "a.jpg").write_bytes(out.getvalue())


def write_zarrs(folder: Path, canary: Canaries) -> None:
    """An image, a plate and labels with words and attributes of their own, also on arrays, and a stray file."""
    name = private_words(canary, "Zarr name")
    channels = [{"label": private_words(canary, "omero label"), "color": "FF0000", "window": WINDOW}] * 2
    store = write_ome_zarr(folder / "a.ome.zarr", planes(c=2), omero={"name": name, "channels": channels}, name=name)
    extra = {"operator": canary("Zarr attribute"), "source": f"/home/{canary('Zarr path')}/a.tif"}
    _change(store / "zarr.json", lambda said: said["attributes"].update(extra))
    _change(store / "0/zarr.json", lambda said: said["attributes"].update(user=canary("array attribute")))
    (store / "README.txt").write_text(canary("stray file"))
    acquisition = {key: private_words(canary, f"acquisition {key}") for key in ("name", "description")}
    plate = write_plate(folder / "p.ome.zarr", {"A/1": [planes()]}, acquisitions=[{"id": 1, **acquisition}])
    _change(plate / ".zattrs", lambda said: said["plate"].update(name=private_words(canary, "plate name")))
    _change(plate / "A/1/0/.zattrs", lambda said: said.update(owner=canary("field attribute")))
    _change(plate / "A/1/0/0/.zattrs", lambda said: said.update(user=canary("attribute of an array of a field")))
    labelled = write_ome_zarr(folder / "l.ome.zarr", planes(y=20, x=20), version="0.4")
    properties = {"note": private_words(canary, "property"), "Operator": canary("operator of labels")}
    write_labels(labelled, "cells", planes(y=20, x=20), properties=[{"label-value": 1, "area": 7, **properties}])


def _change(file: Path, what: Callable[[dict[str, dict[str, object]]], object]) -> None:
    document = json.loads(file.read_text()) if file.is_file() else {}
    what(document)
    file.write_text(json.dumps(document))


KINDS = {
    "tiffs": write_tiffs,
    "vendors": write_vendors,
    "pictures": write_pictures,
    "zarrs": write_zarrs,
}
