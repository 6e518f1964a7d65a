"""A site in which every string that a curator or an image file can give is chosen by the test."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import yaml

from publisher.testing.images import planes, write_imagej_tiff, write_ome_tiff, write_ome_zarr, write_plain_tiff
from publisher.testing.zarr_sets import write_plate

Text = Callable[[str], str]
"""The string to write into the field of that name."""

PLACED = "placed by rows"
"""Name of a plate whose images are files that rows put into wells."""
ATTACHED, OUTLINES = "attached/notes.txt", "outlines/ij.geojson"
CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF), "?")


def xml(text: str) -> str:
    """``text`` as XML may hold it, escaped."""
    return escape(text.translate(CONTROL))


def attribute(text: str) -> str:
    """As `xml`, with quotation marks around it."""
    return quoteattr(text.translate(CONTROL))


def study(text: Text, **more: Any) -> dict[str, Any]:
    """study.yaml with every field given."""
    term = {"name": text("term"), "accession": text("accession")}
    words = {"name": text("name"), "description": text("markdown")}
    return {
        "title": text("title"),
        "description": text("markdown"),
        "accession": text("accession"),
        "study_type": text("study_type"),
        "doi": "10.1234/" + "".join(text("doi").split()),
        "authors": [
            {
                "name": text("author"),
                "family": text("family"),
                "orcid": "0000-0002-1825-0097",
                "affiliation": {"name": text("institution"), "ror": text("ror")},
                "roles": [text("role")],
                "contact": True,
                "email": text("email"),
            },
            {"name": text("author") + " B", "affiliation": text("institution")},
        ],
        "publications": [
            {"title": text("paper"), "authors": text("authors"), "journal": text("journal"), "year": 2020}
            | {"doi": "10.1234/x'y(z)", "pubmed": "123", "pmc": "PMC123"}
        ],
        "licence": text("licence"),
        "copyright": text("copyright"),
        "release_date": "2026-01-01",
        "keywords": [text("keyword")],
        "organisms": [term],
        "imaging_methods": [term],
        "biosample": text("markdown"),
        "specimen": text("markdown"),
        "acquisition": {"instrument": text("instrument"), "parameters": text("parameters")},
        "analysis": text("markdown"),
        "protocols": [{**words, "type": text("type")}],
        "phenotypes": [{**words, "terms": [term]}],
        "funding": [{"funder": text("funder"), "grant": text("grant"), "ror": text("ror")}],
        "acknowledgements": text("markdown"),
        "links": [{"title": text("link"), "url": "https://example.org/?a='b'&c=(d)`e`{{7*191}}"}],
        "versions": [{"version": text("version"), "released": "2026-01-01", "notes": text("notes")}],
        "extra": {text("extra key"): text("extra value")},
        "note": text("note"),
        "rendering": {"channels": {1: {"name": text("channel"), "color": "408CFF"}}},
        "screens": [
            {
                **words,
                "id": "screen",
                **annotations(text, "screen"),
                "plates": [
                    {**words, "id": "plate", "images": "p.ome.zarr", **annotations(text, "plate")},
                    {"name": PLACED, "images": "placed/*.tif", "rows": 2, "columns": 2},
                ],
            }
        ],
        "projects": [
            {
                **words,
                "id": "p",
                "datasets": [
                    {**words, "id": "d1", "images": ["odd/**/*.tif*", "*.tif"], **annotations(text, "dataset")}
                ],
            },
            {"name": text("project") + " 2", "datasets": [{"name": text("dataset") + " 2", "images": "z.ome.zarr"}]},
        ],
        "tables": [{"path": text("path"), "title": text("table"), "description": text("description")}],
        "regions": [
            {"path": OUTLINES, "image": "ij.tif", "title": text("regions"), "description": text("description")}
        ],
        "attachments": [{"path": ATTACHED, "title": text("file"), "description": text("description")}],
        **more,
    }


def annotations(text: Text, what: str) -> dict[str, Any]:
    """What a curator may say of any container."""
    return {
        "pairs": {text(f"{what} key"): text(f"{what} value"), "Link": text("cell")},
        "tags": [text(f"{what} tag")],
        "comments": [text(f"{what} comment")],
        "rating": 4,
    }


def rows(text: Text, file_name: str) -> str:
    """images.csv with strings in headers and cells: of an image with pixels and of one without."""
    import csv
    import io

    out = io.StringIO()
    header = ["image", "name", "description", text("header"), text("second header"), "Link", text("header")]
    header += ["plate", "well"]
    link = "https://example.org/" + text("link")
    cells = [text("cell"), f"=cmd|' /C calc'!A0{text('cell')}", link, text("cell"), "", ""]
    place = [PLACED, "B2"]
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerow([file_name, text("image name"), text("image description"), *cells])
    writer.writerow(["", text("record name"), text("record description"), *cells])
    writer.writerow(["placed/w.tif", text("field name"), text("field description"), *cells[:-2], *place])
    writer.writerow(["", text("well name"), text("well description"), *cells[:-2], *place])
    writer.writerow(["", text("empty well name"), text("empty well description"), *cells[:-2], PLACED, "A1"])
    return out.getvalue()


def config(text: Text) -> dict[str, Any]:
    """site_config.yaml with every text given."""
    return {
        "title": text("site title"),
        "description": text("site description"),
        "base_url": "https://lab.example.org/a'b/",
        "publisher": {"name": text("publisher"), "url": "https://example.org/'", "ror": text("ror")},
        "contact": text("contact"),
        "licence": text("licence"),
        "navigation": [
            {"title": text("navigation"), "page": "about"},
            {"title": text("navigation"), "url": "https://example.org/"},
        ],
        "catalogue": {
            "sentence": text("sentence"),
            "quality_page": True,
            "groups": [{"title": text("group"), "description": text("group"), "where": {"keyword": text("keyword")}}],
        },
    }


def outlines(text: Text) -> dict[str, Any]:
    """GeoJSON of one region, with every string given."""
    said = {
        "name": text("outline"),
        "description": text("outline description"),
        text("outline key"): text("outline value"),
    }
    said |= {"classification": {"name": text("outline class")}, "measurements": {text("measured"): 1.5}}
    ring = [[1, 1], [5, 1], [5, 5], [1, 1]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "id": text("outline id"), "geometry": shape, "properties": said}
    return {"type": "FeatureCollection", "features": [feature]}


def write_images(folder: Path, text: Text, file_name: str) -> None:
    """An OME-TIFF whose every string is chosen, an ImageJ TIFF, a plain TIFF and an OME-Zarr."""
    pixels = planes(c=2, z=2, y=40, x=50, dtype="uint16")
    (folder / Path(file_name).parent).mkdir(parents=True, exist_ok=True)
    (folder / ATTACHED).parent.mkdir(exist_ok=True)
    (folder / ATTACHED).write_text(text("attached file"), encoding="utf-8")
    (folder / OUTLINES).parent.mkdir(exist_ok=True)
    (folder / OUTLINES).write_text(json.dumps(outlines(text)), encoding="utf-8")
    write_ome_tiff(
        folder / file_name, pixels, xml=ome_document(text, pixels.shape), software=_ascii(text("software tag"))
    )
    info = {"Info": _ascii(text("imagej info")), "Labels": [_ascii(text("imagej label"))] * 2}
    write_imagej_tiff(folder / "ij.tif", planes(c=2, dtype="uint16"), **info)
    write_plain_tiff(folder / "plain.tif", [planes()[0, 0, 0]], description=_ascii(text("tiff description")))
    channels = [{"label": text("zarr channel"), "color": "FF0000", "window": _WINDOW} for _ in range(2)]
    omero = {"name": text("zarr name"), "channels": channels}
    write_ome_zarr(folder / "z.ome.zarr", planes(c=2), omero=omero, name=text("multiscale name"))
    (folder / "placed").mkdir()
    write_plain_tiff(folder / "placed/w.tif", [planes()[0, 0, 0]], description=_ascii(text("tiff description")))
    runs = [{"id": 1, "name": text("run name"), "description": text("run description")}]
    plate = write_plate(folder / "p.ome.zarr", {"A/1": [planes()]}, acquisitions=runs, taken={0: 1})
    document = json.loads((plate / ".zattrs").read_text())
    document["plate"]["name"] = text("plate name in the file")
    (plate / ".zattrs").write_text(json.dumps(document))


_WINDOW = {"min": 0, "max": 255, "start": 0, "end": 200}


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode().replace("\0", "?")


def ome_document(text: Text, shape: tuple[int, ...], private: str = "") -> str:
    """OME-XML for one file of `planes` with names, descriptions, an instrument and annotations; ``private`` first."""
    t, c, z, y, x = shape
    channels = "".join(
        f'<Channel ID="Channel:0:{n}" SamplesPerPixel="1" Name={attribute(text("channel name"))}'
        f" Fluor={attribute(text('fluor'))}><LightPath/></Channel>"
        for n in range(c)
    )
    pair = f"<M K={attribute(text('map key'))}>{xml(text('map value'))}</M>"
    described = f"<Description>{xml(text('annotation description'))}</Description>"
    annotations = (
        f'<CommentAnnotation ID="Annotation:1" Namespace={attribute(text("namespace"))}>{described}'
        f"<Value>{xml(text('comment'))}</Value></CommentAnnotation>"
        f'<TagAnnotation ID="Annotation:2">{described}<Value>{xml(text("tag"))}</Value></TagAnnotation>'
        f'<MapAnnotation ID="Annotation:3" Namespace={attribute(text("map namespace"))}>'
        f"<Value>{pair}</Value></MapAnnotation>"
        f'<XMLAnnotation ID="Annotation:24"><Value><said>{xml(text("xml annotation"))}</said></Value></XMLAnnotation>'
        f'<TermAnnotation ID="Annotation:25"><Value>{xml(text("term"))}</Value></TermAnnotation>'
        f'<FileAnnotation ID="Annotation:26"><BinaryFile FileName={attribute(text("attached file"))} Size="4">'
        '<External href="javascript:alert(1)" SHA1="0123456789012345678901234567890123456789"/></BinaryFile>'
        "</FileAnnotation>"
        f'<ListAnnotation ID="Annotation:27"><Description>{xml(text("list"))}</Description>'
        '<AnnotationRef ID="Annotation:25"/></ListAnnotation>'
        '<MapAnnotation ID="Annotation:28" Namespace="openmicroscopy.org/OriginalMetadata"><Value>'
        f"<M K={attribute(text('original key'))}>{xml(text('original value'))}</M></Value></MapAnnotation>"
    )
    refs = "".join(f'<AnnotationRef ID="Annotation:{n}"/>' for n in (1, 2, 3, 24, 26, 27, 28))
    # The schema wants CommentAnnotation, MapAnnotation and TagAnnotation in any order.
    return (
        '<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">'
        f"{private}"
        f'<Experiment ID="Experiment:0" Type="FP"><Description>{xml(text("experiment"))}</Description></Experiment>'
        f'<Instrument ID="Instrument:0"><Microscope Manufacturer={attribute(text("maker"))}'
        f" Model={attribute(text('model'))}/>"
        '<GenericExcitationSource ID="LightSource:0"><Map>'
        f"<M K={attribute(text('source key'))}>{xml(text('source value'))}</M></Map></GenericExcitationSource>"
        f'<Detector ID="Detector:0" Model={attribute(text("detector"))}/>'
        f'<Objective ID="Objective:0" Model={attribute(text("objective"))}/></Instrument>'
        f'<Image ID="Image:0" Name={attribute(text("ome image name"))}>'
        f"<Description>{xml(text('ome description'))}</Description>"
        '<ExperimentRef ID="Experiment:0"/><InstrumentRef ID="Instrument:0"/><ObjectiveSettings ID="Objective:0"/>'
        f"<StageLabel Name={attribute(text('stage'))}/>"
        f'<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="{x}" SizeY="{y}" SizeZ="{z}"'
        f' SizeC="{c}" SizeT="{t}">{channels}<TiffData/></Pixels>{refs}</Image>'
        f"<StructuredAnnotations>{annotations}</StructuredAnnotations></OME>"
    )


def write_yaml(path: Path, data: object) -> None:
    """Write YAML that any string survives."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=False), encoding="utf-8")


def make_site(root: Path, text: Text, *, file_name: str = "odd/a.ome.tiff") -> Path:
    """Write a site of one study and one page; returns the study's folder."""
    folder = root / "content/studies/s1"
    write_yaml(root / "site_config.yaml", config(text))
    write_yaml(folder / "study.yaml", study(text))
    (folder / "images.csv").write_text(rows(text, file_name), encoding="utf-8", newline="")
    write_images(folder, text, file_name)
    (root / "content/pages").mkdir(parents=True)
    front = yaml.safe_dump({"title": text("page title"), "description": text("page description")})
    (root / "content/pages/about.md").write_text(f"---\n{front}---\n\n{text('markdown')}\n", encoding="utf-8")
    return folder
