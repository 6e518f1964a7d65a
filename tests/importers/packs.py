"""A transfer pack made by code, in the shape that omero-cli-transfer 1.x gives it."""

import tarfile
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from publisher.testing.images import planes, write_ome_tiff

RATING = "openmicroscopy.org/omero/insight/rating"
TAG_SET = "openmicroscopy.org/omero/insight/tagset"
CLIENT = "openmicroscopy.org/omero/client/mapAnnotation"
PACKING = "openmicroscopy.org/cli/transfer"
REPOSITORY = "root_0/2024-01/18/07-51-35.706"


def references(*numbers: int) -> str:
    return "".join(f'<AnnotationRef ID="Annotation:{number}"/>' for number in numbers)


def pairs(number: int, *said: tuple[str, str], namespace: str = CLIENT) -> str:
    entries = "".join(f"<M K={quoteattr(key)}>{escape(value)}</M>" for key, value in said)
    return f'<MapAnnotation ID="Annotation:{number}" Namespace="{namespace}"><Value>{entries}</Value></MapAnnotation>'


def simple(kind: str, number: int, value: str, namespace: str = "", about: tuple[int, ...] = ()) -> str:
    named = f' Namespace="{namespace}"' if namespace else ""
    tag = f"{kind}Annotation"
    return f'<{tag} ID="Annotation:{number}"{named}>{references(*about)}<Value>{escape(value)}</Value></{tag}>'


def path_note(number: int, path: str) -> str:
    return (
        f'<XMLAnnotation ID="Annotation:{number}" Namespace="{PACKING}"><Value><CLITransferServerPath>'
        f"<Path>{escape(path)}</Path></CLITransferServerPath></Value></XMLAnnotation>"
    )


def origin_note(number: int) -> str:
    return (
        f'<XMLAnnotation ID="Annotation:{number}" Namespace="{PACKING}"><Value><CLITransferMetadata>'
        "<origin_hostname>omero.secret.example</origin_hostname><original_user>jdoe</original_user>"
        "<original_group>lab</original_group></CLITransferMetadata></Value></XMLAnnotation>"
    )


def image(number: int, name: str, annotations: tuple[int, ...], rois: tuple[int, ...] = ()) -> str:
    regions = "".join(f'<ROIRef ID="lsid:{roi}"/>' for roi in rois)
    return (
        f'<Image ID="Image:{number}" Name={quoteattr(name)}><Description>about {escape(name)}</Description>'
        f'<Pixels ID="Pixels:{number}" DimensionOrder="XYZCT" Type="uint8" SizeX="12" SizeY="8" SizeZ="1" SizeC="1"'
        f' SizeT="1"><MetadataOnly/></Pixels>{regions}{references(*annotations)}</Image>'
    )


DOCUMENT = f"""<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">
<Project ID="Project:1" Name="Cells"><Description>All of them</Description><DatasetRef ID="Dataset:2"/>
{references(1, 2)}</Project>
<Dataset ID="Dataset:3" Name="Loose"><ImageRef ID="Image:30"/></Dataset>
<Dataset ID="Dataset:2" Name="Control"><ImageRef ID="Image:20"/><ImageRef ID="Image:10"/><ImageRef ID="Image:40"/>
{references(3, 4, 5, 6)}</Dataset>
<Plate ID="Plate:5" Name="P1" Rows="2" Columns="3"><Well ID="Well:2" Row="1" Column="2"><WellSample ID="WellSample:2"
Index="1"><ImageRef ID="Image:52"/></WellSample></Well><Well ID="Well:1" Row="0" Column="0" Type="Control"><WellSample
ID="WellSample:1" Index="0"><ImageRef ID="Image:51"/></WellSample>{references(7, 8)}</Well>{references(1)}</Plate>
<Screen ID="Screen:6" Name="S1"><PlateRef ID="Plate:5"/>{references(5)}</Screen>
{image(10, "a.ome.tiff", (1, 2, 9, 100, 101), (1,))}
{image(20, "b.ome.tiff", (3, 6, 102))}
{image(30, "c.vsi", (3, 103), (2,))}
{image(40, "gone.tif", (104,))}
{image(51, "w1.ome.tiff", (105,))}
{image(52, "w2.ome.tiff", (106,))}
<StructuredAnnotations>
{simple("Tag", 1, "mitosis", about=(50,))}{simple("Tag", 50, "cell cycle", TAG_SET)}
{simple("Comment", 2, "looks good")}
{pairs(3, ("Gene", "CDC20"), ("Gene", "PLK1"), ("Empty", ""))}
{simple("Long", 4, "4", RATING)}
{simple("Double", 5, "0.5", "lab.example/score")}
<FileAnnotation ID="Annotation:6"><Description>the form</Description>{references(107)}<BinaryFile
FileName="form.txt/form.txt" Size="5"><BinData BigEndian="true" Length="4">Zm9v</BinData></BinaryFile></FileAnnotation>
{pairs(7, ("siRNA", "s1"))}{simple("Tag", 8, "edge")}
<FileAnnotation ID="Annotation:9">{references(108)}<BinaryFile FileName="lost.csv" Size="5"><BinData BigEndian="true"
Length="4">Zm9v</BinData></BinaryFile></FileAnnotation>
{path_note(100, f"{REPOSITORY}/a.ome.tiff")}{origin_note(101)}{path_note(102, f"{REPOSITORY}/b.ome.tiff")}
{path_note(103, f"{REPOSITORY}/c.vsi")}{path_note(104, f"{REPOSITORY}/gone.tif")}
{path_note(105, f"{REPOSITORY}/w1.ome.tiff")}{path_note(106, f"{REPOSITORY}/w2.ome.tiff")}
{path_note(107, "file_annotations/6/form.txt")}{path_note(108, "file_annotations/9/lost.csv")}
</StructuredAnnotations>
<ROI ID="lsid:1"><Union><Rectangle ID="Shape:1" X="1" Y="2" Width="3" Height="4"/></Union></ROI>
<ROI ID="lsid:2"><Union><Point ID="Shape:2" X="1" Y="2"/></Union></ROI></OME>"""


def write_pack(folder: Path) -> Path:
    """The pack as a folder."""
    pixels = folder / REPOSITORY
    pixels.mkdir(parents=True)
    for name in ("a", "b", "w1", "w2"):
        write_ome_tiff(pixels / f"{name}.ome.tiff", planes())
    (pixels / "c.vsi").write_bytes(b"no reader takes this")
    (folder / "file_annotations" / "6").mkdir(parents=True)
    (folder / "file_annotations" / "6" / "form.txt").write_text("hello")
    (folder / "transfer.xml").write_text(DOCUMENT)
    return folder


def zipped(folder: Path) -> Path:
    """The pack ``folder`` as a zip beside it."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
    return path


def tarred(folder: Path, suffix: str = ".tar") -> Path:
    """The pack ``folder`` as a tar beside it."""
    path = folder.with_suffix(suffix)
    with tarfile.open(path, "w:gz" if suffix == ".tar.gz" else "w") as archive:
        archive.add(folder, ".")
    return path
