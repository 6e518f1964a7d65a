"""A small invented site: the builders' inputs with every field filled, and the pages made of them."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import PurePosixPath

from publisher import urls
from publisher.catalogue.schema import StudyDescription
from publisher.config.model import CatalogueGroup, CatalogueSection
from publisher.lint.completeness import Item
from publisher.lint.finding import Finding, ImageName
from publisher.lint.report import Looked, StudyReport
from publisher.model.acquisition import Section
from publisher.model.annotation import Annotation, AttachedFile, OriginalMetadata, Pair, XmlText
from publisher.model.container import Entry
from publisher.model.image import Channel, Image, ImageRef, Pixels
from publisher.model.rendering import ChannelRendering, RenderingSettings
from publisher.model.statistics import ChannelStatistics, Histogram
from publisher.pages.container_pages import Around, Slice, dataset_page, project_page
from publisher.pages.home_page import FeaturedImage, home_page
from publisher.pages.image_page import image_page
from publisher.pages.image_place import Place, WellSpot
from publisher.pages.markup import Html
from publisher.pages.page import Addresses, Page, SiteFacts
from publisher.pages.prose_page import not_found_page, prose_page
from publisher.pages.published import (
    FileFact,
    ListedShape,
    PictureFile,
    Pictures,
    PublishedImage,
    PublishedLabels,
    PublishedPlanes,
    PublishedRegions,
    StudyRecord,
)
from publisher.pages.quality_page import quality_page
from publisher.pages.study_page import ProjectPart, StudyContents, study_page
from publisher.pages.summary import DatasetSummary, StudySummary, summarize
from publisher.pages.viewer_page import viewer_page
from tests.pages.plate_samples import container_notes, inherited, plate_pages, screens

CHANNELS = (("DNA", "408CFF"), ("Tubulin", "46EB82"), ("Centrosome", "F546BE"))


def site_facts(text: str = "", *, base_url: str | None = "https://images.example.org/") -> SiteFacts:
    def prose(markdown: str) -> Html:
        from publisher.render.prose import to_html

        return to_html(markdown)

    return SiteFacts(
        title="Imaging Commons" + text,
        addresses=Addresses(base_url=base_url),
        prose=prose,
        publisher="Example Institute" + text,
        viewers=("vizarr", "neuroglancer", "ngff-validator", "napari", "fiji"),
    )


def study(text: str = "", *, slug: str = "sim-spindle", title: str = "How spindles find the middle") -> StudyRecord:
    description = StudyDescription.model_validate(
        {
            "title": title + text,
            "accession": slug.upper() + text,
            "description": "Cells were imaged while **dividing**. The spindle moves to the middle of the cell, and we "
            "asked which forces move it there.\n\nEach dataset is one treatment; every image carries the treatment as "
            "key-value pairs.\n\n- Images are simulated.\n- Noise is Poisson." + text,
            "study_type": "cell division" + text,
            "doi": "10.5281/zenodo.1234567",
            "authors": [
                {"name": "Ada Simmons" + text, "orcid": "0000-0002-1825-0097", "roles": ["submitter" + text]},
                {
                    "name": "Jun Okada",
                    "affiliation": {"name": "Example Institute" + text, "ror": "https://ror.org/00x0x0x00"},
                },
                {
                    "name": "Lena Vogt",
                    "roles": ["principal investigator"],
                    "contact": True,
                    "email": "lena@example.org",
                },
            ],
            "publications": [
                {
                    "title": "Forces on spindles" + text,
                    "journal": "J. Examples" + text,
                    "year": 2025,
                    "doi": "10.1234/abc",
                    "pubmed": "123456",
                    "pmc": "PMC12345",
                }
            ],
            "copyright": "Simmons et al." + text,
            "release_date": date(2026, 5, 4),
            "keywords": ["mitosis" + text, "spindle"],
            "organisms": [{"name": "Homo sapiens" + text, "accession": "NCBITaxon:9606"}],
            "imaging_methods": [{"name": "confocal microscopy" + text, "accession": "FBbi_00000251"}],
            "biosample": "HeLa cells" + text,
            "specimen": "fixed" + text,
            "acquisition": {"instrument": "simulated microscope" + text, "parameters": "63×, NA 1.4" + text},
            "analysis": "Spindle poles were found by hand." + text,
            "protocols": [
                {"name": "Growth" + text, "description": "Cells grew in *silico* for 24 hours." + text},
                {"name": "Imaging"},
            ],
            "phenotypes": [
                {
                    "name": "multipolar spindle" + text,
                    "description": "More than two poles." + text,
                    "terms": [{"name": "multipolar" + text, "accession": "CMPO:0000435"}],
                }
            ],
            "funding": [{"funder": "Example Fund" + text, "grant": "EX-1" + text, "ror": "https://ror.org/00x0x0x01"}],
            "acknowledgements": "We thank the cells." + text,
            "links": [{"title": "Project page" + text, "url": "https://example.org/project"}],
            "versions": [
                {"version": "2" + text, "released": date(2026, 6, 1), "notes": "Colours set" + text},
                {"version": "1"},
            ],
            "extra": {"Gene build" + text: "GRCh38" + text},
            "note": "These images are simulated." + text,
        }
    )
    return StudyRecord(slug=slug, description=description, licence="CC-BY-4.0" if not text else "X" + text)


def picture(slug: str, image_id: str, name: str, width: int, height: int) -> PictureFile:
    return PictureFile(urls.image_file(slug, image_id, name), width, height)


def rendering(text: str = "", count: int = 3) -> RenderingSettings:
    channels = (
        ChannelRendering(
            label=CHANNELS[i % 3][0] + text,
            color=CHANNELS[i % 3][1],
            start=120 + i,
            end=2900 - 300 * i,
            minimum=90,
            maximum=4095,
            active=i < 6,
        )
        for i in range(count)
    )
    return RenderingSettings(channels=tuple(channels), default_z=3)


def statistics(index: int) -> ChannelStatistics:
    counts = tuple(int(9000 * 0.97 ** abs(place - 12 - index * 9)) + (place % 7) for place in range(256))
    histogram = Histogram(low=300, high=2500, counts=counts)
    return ChannelStatistics(minimum=90, maximum=2500, start=120, end=2400, histogram=histogram)


def annotations(text: str = "") -> tuple[Annotation, ...]:
    """One of each kind, some about others."""
    said = Annotation(kind="Comment", value="Said of the list." + text, namespace="example.org/said" + text)
    stage = Annotation(kind="Tag", value="cell cycle" + text)
    table = AttachedFile(name="cells.h5" + text, size=1_200, media_type="OMERO.tables" + text)
    protocol = AttachedFile(
        name="protocol.pdf" + text,
        size=20_000,
        media_type="application/pdf",
        sha1="da39" + text,
        href="https://example.org/p",
    )
    return (
        Annotation(kind="Tag", value="metaphase" + text, description="a phase" + text, annotations=(stage,)),
        Annotation(kind="File", file=table, namespace="openmicroscopy.org/omero/bulk_annotations"),
        Annotation(kind="File", file=protocol, description="How." + text),
        Annotation(kind="Comment", value="Nice one." + text, more=12),
        Annotation(kind="Long", value="4", namespace="openmicroscopy.org/omero/insight/rating"),
        Annotation(kind="Long", value="7", description="cells" + text),
        Annotation(kind="Double", value="0.25"),
        Annotation(kind="Boolean", value="true"),
        Annotation(kind="Timestamp", value="2026-02-03T10:20:30"),
        Annotation(kind="Term", value="GO:0000278", description="mitotic cell cycle" + text),
        Annotation(kind="XML", id="Annotation:xml", namespace="example.org/xml" + text),
        Annotation(kind="List", annotations=(said, Annotation(kind="Map", pairs=(Pair("k" + text, "v" + text),)))),
    )


def acquisition(text: str = "", count: int = 3) -> tuple[Section, ...]:
    """A microscope with devices, settings, planes, an experiment, and channels."""
    laser = Section(kind="Laser", values=(("Model", "Laser 488" + text), ("Wavelength", "488 nm")))
    source = Section(kind="GenericExcitationSource", pairs=(Pair("mode" + text, "pulsed" + text),))
    objective = Section(
        kind="Objective",
        values=(("Model", "63× oil" + text), ("LensNA", "1.4")),
        annotations=(Annotation(kind="Tag", value="cleaned" + text),),
    )
    microscope = Section(
        kind="Microscope",
        values=(("Manufacturer", "Simulated" + text), ("Type", "Inverted")),
        sections=(objective, laser, source),
    )
    beam = Section(kind="MicrobeamManipulation", values=(("Type", "FRAP"), ("Description", "Bleached." + text)))
    channels = (
        Section(
            kind="Channel",
            title=f"Hoechst {number}" + text,
            values=(("AcquisitionMode", "SpinningDiskConfocal"),),
            sections=(Section(kind="DetectorSettings", values=(("Device", "Camera" + text), ("Gain", "1.2"))),),
        )
        for number in range(count)
    )
    return (
        microscope,
        Section(kind="ObjectiveSettings", values=(("Device", "63× oil" + text),)),
        Section(kind="Experiment", values=(("Type", "FP"),), sections=(beam,)),
        *channels,
    )


def image(text: str = "", count: int = 3) -> Image:
    named = (
        Channel(
            name=CHANNELS[i % 3][0] + text,
            color=CHANNELS[i % 3][1],
            excitation_nm=405 + 80 * i,
            emission_nm=460 + 60 * i,
        )
        for i in range(count)
    )
    return Image(
        series=0,
        name="source name" + text,
        pixels=Pixels(
            size_x=1024,
            size_y=768,
            size_z=7,
            size_c=count,
            size_t=12,
            dtype="uint16",
            pixel_size_um=(0.5, 0.1083, 0.1083),
            time_increment_s=30,
        ),
        channels=tuple(named),
        description="Metaphase, focus on the plate." + text,
        acquired="2026-02-03T10:20:30",
        annotations=(
            Annotation(
                kind="Map",
                pairs=(
                    Pair("Gene Symbol" + text, "PCNT" + text),
                    Pair("Gene Symbol URL", "https://example.org/gene/PCNT"),
                ),
                namespace="openmicroscopy.org/mapr/gene" + text,
            ),
            *annotations(text),
        ),
        roi_count=4,
        acquisition=acquisition(text, count),
        original=OriginalMetadata(pairs=(Pair("Scan Zoom" + text, "1.5" + text), Pair("", "")), count=1234),
    )


def _array(shape: tuple[int, ...]) -> dict[str, object]:
    """The zarr.json of an uncompressed array."""
    grid = {"name": "regular", "configuration": {"chunk_shape": [1, 3, 7, 1024, 1024]}}
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(shape),
        "data_type": "uint16",
        "chunk_grid": grid,
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0,
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}],
        "dimension_names": list("tczyx"),
        "attributes": {},
    }


def published(
    number: int, text: str = "", *, slug: str = "sim-spindle", size: tuple[int, int] = (1024, 768), count: int = 3
) -> PublishedImage:
    image_id = f"cell-{number:03}"
    small = (192, 192 * size[1] // size[0])
    return PublishedImage(
        entry=Entry(
            id=image_id,
            name=f"Cell {number:03}" + text,
            ref=ImageRef(f"images/{image_id}.ome.tiff", 0),
            pairs=(Pair("siRNA" + text, "control" + text), Pair("siRNA", "PCNT"), Pair("", "")),
            description="Curated words." + text,
        ),
        image=image(text, count),
        rendering=rendering(text, count),
        dtype="uint16",
        levels=((12, count, 7, 768, 1024), (12, count, 7, 384, 512)),
        arrays=tuple(_array((12, count, 7, *size)) for size in ((768, 1024), (384, 512))),
        store=urls.store(slug, image_id, "0"),
        fileset=urls.fileset(slug, image_id),
        store_bytes=48_200_000,
        planes=PublishedPlanes(
            file=FileFact(title="Planes (CSV)", path=urls.image_file(slug, image_id, "planes.csv"), size=5_100),
            section=Section(kind="Plane", values=(("Count", "252"), ("DeltaT", "0 to 330 s"))),
            exposures=("0.05 s", "", "0.1 s"),
        ),
        xml_texts=(XmlText(id="Annotation:xml", text="<said>" + text, characters=54_321),),
        pictures=Pictures(
            thumbnail=picture(slug, image_id, "thumbnail.webp", *small),
            thumbnail_large=picture(slug, image_id, "thumbnail-384.webp", small[0] * 2, small[1] * 2),
            picture=picture(slug, image_id, "picture.webp", *size),
            small=picture(slug, image_id, "picture-640.webp", 640, 640 * size[1] // size[0]),
            card=picture(slug, image_id, "picture.jpg", *size),
            layers=tuple(picture(slug, image_id, f"channel-{i}.webp", *size) for i in range(count)),
        ),
        statistics=tuple(statistics(i) for i in range(count)),
        statistics_file=urls.image_file(slug, image_id, "statistics.json"),
        ome_xml=FileFact(
            title="OME-XML",
            path=urls.image_file(slug, image_id, "ome.xml"),
            size=6200,
            sha256="9f2c" + "0" * 56 + "41ae",
        ),
        ome_xml_text=f'<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">\n'
        f'  <Image ID="Image:0" Name="Cell {number:03}">\n    <Pixels ID="Pixels:0" DimensionOrder="XYZCT"/>\n'
        "  </Image>\n</OME>" + text,
        files=(FileFact(title="Original file" + text, url="https://example.org/original.tiff", size=2_000_000),),
        provenance=(
            Pair("Source file" + text, f"images/{image_id}.ome.tiff" + text),
            Pair("Conversion", "OME-TIFF → OME-Zarr 0.5, 2 levels, zstd"),
            Pair("Software", "publisher"),
        ),
        inherited=(inherited("Dataset Control", text),),
        regions=PublishedRegions(
            rois=2,
            shapes=1_234,
            kinds=(("polygon", 1_233), ("label", 1)),
            listed=(
                ListedShape("ROI:1", "Cell 1" + text, "Shape:1", "polygon", "", 1, None, 2, 24.25, 17.5),
                ListedShape("ROI:1", "Cell 1" + text, "Shape:2", "polygon", "", 2, None, 2, 0.125, 3.0),
                ListedShape("ROI:2", "", "Shape:3", "label", "here" + text, None, None, None, None, None),
            ),
            drawn=1_000,
            overlay=picture(slug, image_id, "regions.svg", *size),
            files=(
                FileFact(title="regions.csv", path=urls.image_file(slug, image_id, "regions.csv"), size=12_000),
                FileFact(title="RoiSet.zip", path=urls.image_file(slug, image_id, "RoiSet.zip"), size=3_000),
            ),
        ),
        regions_file=urls.image_file(slug, image_id, "regions.json"),
        labels=(
            PublishedLabels(
                name="nuclei",
                dtype="uint16",
                count=183,
                overlay=picture(slug, image_id, "labels-nuclei.webp", *size),
                source="Drawn by hand" + text,
                table=urls.image_file(slug, image_id, "labels-nuclei.csv"),
            ),
        ),
        labels_file=urls.image_file(slug, image_id, "labels.json"),
    )


def record(number: int, text: str = "") -> PublishedImage:
    pairs = (Pair("siRNA" + text, "CPAP" + text), Pair("Phenotype", "none seen"))
    return PublishedImage(
        entry=Entry(id=f"record-{number:03}", name=f"Record {number:03}" + text, ref=None, pairs=pairs)
    )


def summaries(text: str = "") -> tuple[DatasetSummary, ...]:
    control = summarize(
        ("control", "Control" + text), "Untreated cells." + text, [published(n, text) for n in range(1, 9)]
    )
    treated = summarize(("pcnt", "PCNT siRNA" + text), "", [published(9, text), record(1, text), record(2, text)])
    return control, treated


def quality(items: Sequence[PublishedImage], text: str = "") -> StudyReport:
    """A report with a finding about the study, one about all of ``items``, and one for its curator alone."""
    names = tuple(ImageName(item.entry.id, item.name) for item in items)
    return StudyReport(
        slug="sim-spindle",
        title="How spindles find the middle",
        findings=(
            Finding(code="lint.no-licence", severity="error", message="no licence: nobody may use the data" + text),
            Finding(
                code="lint.saturated", severity="warning", message="8 images are saturated" + text, images=names * 4
            ),
            Finding(code="lint.file-not-seen", severity="note", message="secret.czi" + text, inward=True),
        ),
        items=(
            Item(module="Study", field="Title", key="title", level="required", hint="one line" + text, given=True),
            Item(
                module="Biosample", field="Organism", key="organisms", level="required", hint="name" + text, given=False
            ),
            Item(
                module="Citation", field="Funding", key="funding", level="recommended", hint="who" + text, given=False
            ),
        ),
        looked=Looked(images=8, values=8, records=2),
    )


def pages(text: str = "", *, base_url: str | None = "https://images.example.org/") -> Iterator[Page]:
    """One page of each kind, and more where a kind has faces of its own; ``text`` is added to every string field."""
    site, about, parts = site_facts(text, base_url=base_url), study(text), summaries(text)
    items = [published(n, text) for n in range(1, 9)]
    cards = [
        StudySummary(
            record=about,
            images=11,
            datasets=2,
            bytes=433_000_000,
            largest=(7, 12),
            picture=items[0].pictures.picture if items[0].pictures else None,
            picture_small=items[0].pictures.small if items[0].pictures else None,
            picture_name=items[0].name,
        ),
        StudySummary(
            record=study(text, slug="sim-wing", title="Cell shapes of a growing wing, segmented in three dimensions"),
            images=1,
            datasets=1,
            picture=items[1].pictures.picture if items[1].pictures else None,
            picture_small=items[1].pictures.small if items[1].pictures else None,
            picture_name=items[1].name,
        ),
        StudySummary(
            record=study(text, slug="sim-records", title="A screen whose pixels stay elsewhere"),
            images=37_492,
            datasets=12,
            has_pixels=False,
        ),
    ]
    catalogue = CatalogueSection(
        sentence="Microscopy images from published studies, open to look at, search and cite." + text,
        groups=(
            CatalogueGroup(
                title="Cell division" + text, description="Cells that part." + text, where={"keyword": "spindle"}
            ),
        ),
    )
    featured = (
        FeaturedImage(
            file=items[2].pictures.picture,
            credit="Cell 003: DNA, tubulin · SIM-SPINDLE" + text,
            target_study="sim-spindle",
            target_image="cell-003",
        )
        if items[2].pictures
        else None
    )
    yield home_page(
        cards, catalogue, "Every image with its acquisition, annotations and results." + text, featured, site
    )
    contents = StudyContents(
        projects=(
            ProjectPart(
                identity=("experiment-a", "experimentA" + text),
                description="One treatment each." + text,
                datasets=parts[:1],
            ),
            ProjectPart(identity=("experiment-b", "experimentB" + text), description="", datasets=parts[1:]),
        ),
        screens=screens(items, text),
        examples=tuple(items[:5]),
        files=(
            FileFact(
                title="annotation.csv" + text,
                path=PurePosixPath("studies/sim-spindle/annotation.csv"),
                size=388_000,
                sha256="a" * 64,
            ),
        ),
        has_quality=True,
    )
    yield study_page(about, contents, site)
    yield quality_page(quality(items, text), about, site)
    said = container_notes(text)
    yield project_page(("experiment-a", "experimentA" + text), "One treatment each." + text, parts, said, about, site)
    yield from plate_pages(items, about, site, text)
    around = Around(
        project=("experiment-a", "experimentA" + text),
        next=("pcnt", "PCNT siRNA" + text),
        notes=said,
    )
    yield dataset_page(parts[0], items, Slice(number=1, count=3, size=8), about, around, site)
    yield dataset_page(
        parts[1],
        [published(9, text), record(1, text), record(2, text)],
        Slice(number=1, count=1, size=120),
        about,
        Around(previous=("control", "Control")),
        site,
    )
    place = Place(
        dataset_name="Control" + text,
        dataset_id="control",
        project_name="experimentA" + text,
        project_id="experiment-a",
        next=("cell-002", "Cell 002" + text),
    )
    yield image_page(items[0], about, place, site)
    spot = WellSpot(
        screen=("screen-a", "screenA" + text), plate=("p1", "P1" + text), well=("A1", "A1"), field=1, run="first" + text
    )
    yield image_page(items[3], about, Place(spot=spot), site)
    yield image_page(published(9, text, count=1, size=(300, 900)), about, place, site)
    yield prose_page(
        "about", "About" + text, "## What this is\n\nA *sample* site.\n\n| a | b |\n|---|---|\n| 1 | 2 |" + text, site
    )
    yield viewer_page(site)
    yield not_found_page((("sim-spindle", "SIM-SPINDLE" + text, "How spindles find the middle" + text),), site)
