"""Builders of page models: small inputs, exact outputs."""

import json
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import pytest

from publisher import urls
from publisher.catalogue.schema import StudyDescription
from publisher.model.annotation import Pair
from publisher.model.statistics import ImageStatistics
from publisher.pages import quantities
from publisher.pages.citation import Cited, citation
from publisher.pages.container_pages import Around, Slice, dataset_page
from publisher.pages.facts import pair_facts
from publisher.pages.feed import feed
from publisher.pages.image_panels.picture import scale_bar
from publisher.pages.licence import licence
from publisher.pages.links import Linker, doi_link, external, term_link
from publisher.pages.page import Addresses, head_title, plain_text
from publisher.pages.prose_page import prose_page
from publisher.pages.published import PictureFile, StudyRecord
from publisher.pages.site_map import robots, site_maps
from publisher.pages.snippets import Opening, image_snippets
from publisher.pages.statistics import polygon
from publisher.pages.study_facts import study_facts
from publisher.pages.summary import StudySummary, summarize
from publisher.pages.viewers import Opened, link, viewers_for
from tests.pages import samples


def test_study_facts_follow_idr_order_and_leave_out_what_has_no_value() -> None:
    labels = [row.label for row in study_facts(samples.study(), samples.summaries())]
    assert labels[:8] == [
        "ID",
        "Release Date",
        "Publication DOI",
        "Data DOI",
        "License",
        "PubMed ID",
        "PMC ID",
        "External URL",
    ]
    bare = StudyRecord(slug="x", description=StudyDescription(title="X"))
    assert [row.label for row in study_facts(bare, ())] == ["ID", "Size"]


def test_an_address_among_the_curators_own_pairs_of_a_study_is_a_link() -> None:
    extra = {"Lab": "https://lab.example.org/", "Data": "doi:10.1234/x", "Build": "GRCh38", "Code": "javascript:a()"}
    about = StudyDescription.model_validate({"title": "T", "extra": extra})
    rows = study_facts(StudyRecord(slug="s", description=about, licence=None), [])
    assert {row.label: row.values[0].href for row in rows if row.label in extra} == {
        "Lab": "https://lab.example.org/",
        "Data": "https://doi.org/10.1234/x",
        "Build": None,
        "Code": None,
    }


def test_image_details_have_omero_words_in_omero_order() -> None:
    page = next(page for page in samples.pages() if page.kind == "image")
    rows = json.loads(json.dumps([panel.kind for panel in page.side]))  # type: ignore[attr-defined]  # it is an ImagePage
    assert rows[0] == "details"
    labels = [row.label for row in page.side[0].rows]  # type: ignore[attr-defined]  # as above
    assert labels == [
        "Image ID",
        "Acquisition Date",
        "Dimensions (XY)",
        "Pixels Type",
        "Pixels Size (XYZ) (µm)",
        "Z-sections/Timepoints",
        "Time Increment (s)",
        "Channels",
        "ROI Count",
    ]


def test_a_url_row_is_the_link_of_the_row_before_it_and_stays_to_be_read() -> None:
    facts = pair_facts(
        [
            Pair("Gene", "PCNT"),
            Pair("Gene URL", "https://example.org/PCNT"),
            Pair("Gene", "CPAP"),
            Pair("Evil URL", "javascript:x"),
        ]
    )
    assert [(row.label, [(value.text, value.href) for value in row.values]) for row in facts] == [
        ("Gene", [("PCNT", "https://example.org/PCNT")]),
        ("Gene URL", [("https://example.org/PCNT", "https://example.org/PCNT")]),
        ("Gene", [("CPAP", None)]),
        ("Evil URL", [("javascript:x", None)]),
    ]


def test_an_address_for_several_values_is_that_of_none() -> None:
    facts = pair_facts([Pair("Gene", "A"), Pair("Gene", "B"), Pair("Gene URL", "https://example.org/A")])
    assert [value.href for value in facts[0].values] == [None, None]


@pytest.mark.parametrize(
    ("value", "href"),
    [
        ("https://example.org/a", "https://example.org/a"),
        ("doi:10.1038/ncb2591", "https://doi.org/10.1038/ncb2591"),
        ("10.1038/ncb2591", "https://doi.org/10.1038/ncb2591"),
        ("GO:0000278", "https://purl.obolibrary.org/obo/GO_0000278"),
        ("CC BY 4.0 https://creativecommons.org/licenses/by/4.0/", "https://creativecommons.org/licenses/by/4.0/"),
        ("see javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ftp://example.org/x", None),
        ("10.5 mM", None),
        ("", None),
    ],
)
def test_a_value_that_is_an_address_or_a_term_leads_there(value: str, href: str | None) -> None:
    [row] = pair_facts([Pair("key", value)])
    assert [(each.text, each.href) for each in row.values] == [(value, href)]


def test_repeated_and_empty_pairs_are_kept_in_order() -> None:
    facts = pair_facts([Pair("a", "1"), Pair("a", "2"), Pair("b", ""), Pair("a", "3")])
    assert [(row.label, [value.text for value in row.values]) for row in facts] == [
        ("a", ["1", "2"]),
        ("b", [""]),
        ("a", ["3"]),
    ]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.org/a", "https://example.org/a"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("javascript:alert(1)", None),
        ("java\nscript://x", None),
        ("https:evil", None),
        ("data:text/html,x", None),
        ("HTTP://example.org", "HTTP://example.org"),
        ("plain", None),
    ],
)
def test_only_harmless_addresses_become_links(text: str, address: str | None) -> None:
    assert external(text) == address


def test_terms_dois_and_licences_have_their_addresses() -> None:
    assert term_link("NCBITaxon:9606") == "https://purl.obolibrary.org/obo/NCBITaxon_9606"
    assert term_link("FBbi_00000251") == "https://purl.obolibrary.org/obo/FBbi_00000251"
    assert term_link("CMPO:0000435") == "https://www.ebi.ac.uk/cmpo/CMPO_0000435"
    assert term_link('x" onclick="') is None
    assert (
        doi_link("https://doi.org/10.1038/ncb2591") == doi_link("10.1038/ncb2591") == "https://doi.org/10.1038/ncb2591"
    )
    badge = licence("CC-BY-4.0")
    assert badge is not None
    assert (badge.family, badge.detail, badge.url) == ("CC", "BY 4.0", "https://creativecommons.org/licenses/by/4.0/")
    assert licence(None) is None


def test_links_are_relative_and_encoded() -> None:
    linker = Linker(urls.image("s", "a"))
    assert linker.to(urls.image("s", "b")) == "../../../../studies/s/images/b/index.html"
    assert linker.to(urls.image_file("s", "a", "ome.xml")) == "ome.xml"
    assert linker.to(PurePosixPath("data/a#b?.zarr")) == "../../../../data/a%23b%3F.zarr"
    assert Linker(urls.HOME).to(urls.study("s")) == "studies/s/index.html"


def test_a_citation_without_a_year_reads_well() -> None:
    people = [{"name": "Ada Simmons"}, {"name": "The Atlas developers", "family": "The Atlas developers"}]
    study = StudyDescription.model_validate({"title": "Cells that part", "authors": people})
    cited = Cited(study=study, key="S-1", site="Commons", url="https://images.example.org/s/")
    words = "Simmons A, The Atlas developers. Cells that part. Commons, S-1. https://images.example.org/s/"
    assert citation(cited).text == words
    nobody = Cited(study=StudyDescription(title="Cells that part"), key="S-1", site="Commons")
    assert citation(nobody).text == "Cells that part. Commons, S-1"


def test_citations_quote_what_their_format_gives_meaning() -> None:
    study = StudyDescription.model_validate(
        {
            "title": '50% of {cells} & more: a "test"',
            "authors": [{"name": "Ana de Souza", "family": "de Souza"}, {"name": "Consortium"}],
            "release_date": date(2026, 1, 2),
            "doi": "10.1234/x_y",
            "licence": "CC0-1.0",
        }
    )
    forms = citation(Cited(study=study, key="S-1", site="Commons"))
    assert (
        forms.text
        == 'de Souza A, Consortium (2026) 50% of {cells} & more: a "test". Commons, S-1. https://doi.org/10.1234/x_y'
    )
    assert r"50\% of \{cells\} \& more" in forms.bibtex
    assert forms.ris.splitlines()[0] == "TY  - DATA"
    assert forms.ris.endswith("ER  - ")
    assert 'title: "50% of {cells} & more: a \\"test\\""' in forms.cff


def test_only_viewers_that_can_open_an_image_are_offered() -> None:
    names = ("fiji", "napari", "neuroglancer", "vizarr", "unknown")

    def offered(
        url: str = "https://x.org/0", ome_zarr: str = "0.5", sharded: bool = True, dtype: str = "uint16"
    ) -> list[str]:
        return [
            viewer.name
            for viewer in viewers_for(Opened(url=url, ome_zarr=ome_zarr, sharded=sharded, dtype=dtype, size_c=2), names)
        ]

    assert offered() == ["napari", "neuroglancer", "vizarr"]
    assert offered(ome_zarr="0.4", sharded=False) == ["fiji", "napari", "neuroglancer", "vizarr"]
    assert offered(ome_zarr="0.4+0.5", sharded=False) == ["fiji", "napari", "neuroglancer", "vizarr"]
    assert offered(ome_zarr="0.6") == ["napari"]
    assert offered(url="http://127.0.0.1/0") == ["napari"]
    assert offered(dtype="uint64") == ["napari", "neuroglancer"]


def test_snippets_carry_the_true_address_and_programs_for_04_only_where_it_is() -> None:
    titles = [snippet.title for snippet in image_snippets(Opening(url="https://x.org/a.zarr/0", ome_zarr="0.5"))]
    assert titles == ["napari", "Python", "ome-zarr", "curl"]
    for version, document in ("0.4", ".zattrs"), ("0.4+0.5", "zarr.json"):
        snippets = {s.title: s.code for s in image_snippets(Opening(url="https://x.org/a.zarr/0", ome_zarr=version))}
        assert snippets["curl"] == f"curl -s https://x.org/a.zarr/0/{document}"
        assert "url=https://x.org/a.zarr/0" in snippets["Fiji"]
        assert snippets["QuPath"].splitlines()[1] == "https://x.org/a.zarr"


def test_code_takes_a_plane_of_a_store_as_it_is_laid_out() -> None:
    def python(**said: Any) -> str:
        opening = Opening(url="https://x.org/a.zarr", ome_zarr="0.4", **said)
        return next(snippet.code for snippet in image_snippets(opening) if snippet.title == "Python")

    assert 'image["0"]' in python()
    assert "pixels[0, 0, 0]  #" in python()
    flat = python(axes="yxc", level="full", shape=(20, 30, 3))
    assert 'image["full"]' in flat
    assert "(20, 30, 3), axes y, x, c" in flat
    assert "pixels[:, :, 0]  #" in flat
    assert "pixels[:, :]  #" in python(axes="yx")


@pytest.mark.parametrize(("ome_zarr", "format_name"), [("0.4", "zarr2"), ("0.5", "zarr3"), ("0.4+0.5", "zarr3")])
def test_neuroglancer_is_told_the_format_of_the_files(ome_zarr: str, format_name: str) -> None:
    image = Opened(url="https://x.org/a.zarr/0", ome_zarr=ome_zarr, sharded=False, dtype="uint16", size_c=2)
    (viewer,) = viewers_for(image, ("neuroglancer",))
    assert f"https://x.org/a.zarr/0/%7C{format_name}:" in link(viewer, image)


def test_snippets_are_quoted_for_a_shell() -> None:
    hostile = image_snippets(Opening(url="https://x.org/a'; rm -rf ~; \"", ome_zarr="0.5"))
    assert "'https://x.org/a'\"'\"'; rm -rf ~; \"'" in hostile[0].code


def test_the_scale_bar_is_round_and_as_long_as_it_says() -> None:
    image = samples.image()
    bar = scale_bar(image, PictureFile(PurePosixPath("p.webp"), 512, 384))
    assert bar is not None
    assert bar.label == "20 µm"
    assert bar.width == pytest.approx(20 / (0.1083 * 1024 / 512), abs=0.01)


def test_histogram_becomes_a_closed_polygon() -> None:
    document = {
        "version": 1,
        "channels": [
            {
                "min": 0,
                "max": 9,
                "window": {"start": 1, "end": 8},
                "histogram": {"low": 0, "high": 9, "counts": [0, 5, 100]},
            }
        ],
    }
    (channel,) = ImageStatistics.from_json(document).channels
    assert polygon(channel.histogram.counts) == "0,40 0.0,40.0 100.0,26.0 200.0,4.0 200,40"


def test_numbers_are_written_for_readers() -> None:
    assert [quantities.byte_size(size) for size in (1, 999, 2100, 388_000, 4_200_000_000_000)] == [
        "1 bytes",
        "999 bytes",
        "2.1 kB",
        "388 kB",
        "4.2 TB",
    ]
    assert quantities.count(37492, "image") == "37,492 images"
    assert quantities.number(-1.5) == "−1.5"
    assert [quantities.micrometres(size) for size in (0.65, 0.0395, None)] == ["0.65", "0.0395", "–"]
    assert [quantities.micrometres(size) for size in (0.145, 0.3, 1.3, 25.0)] == ["0.145", "0.30", "1.30", "25.00"]


def test_a_dataset_is_summed_up_in_one_pass_with_ranges_where_images_differ() -> None:
    summary = summarize(("d", "D"), "", iter([samples.published(1), samples.record(1), samples.published(2, count=1)]))
    assert (summary.images, summary.without_pixels, summary.size_xy, summary.size_zt) == (3, 1, "1024 × 768", "7 × 12")
    assert summary.bytes == 96_400_000


def test_dataset_pages_number_the_pages_near_them_and_the_ends() -> None:
    summary = samples.summaries()[0]
    page = dataset_page(
        summary,
        [samples.published(1)],
        Slice(number=5, count=9, size=1),
        samples.study(),
        Around(),
        samples.site_facts(),
    )
    assert [link.number for link in page.pages] == [1, 0, 3, 4, 5, 6, 7, 0, 9]
    assert (page.previous_page, page.next_page) == (
        "../../../../../../studies/sim-spindle/datasets/control/page/4/index.html",
        "../../../../../../studies/sim-spindle/datasets/control/page/6/index.html",
    )


def test_site_map_splits_beyond_its_limit_and_needs_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = Addresses(base_url="https://x.org/")
    pages = [urls.HOME, urls.study("a&b"), urls.study("c")]
    ((name, content),) = site_maps(pages, addresses)
    assert (str(name), content.count(b"<url>")) == ("sitemap.xml", 3)
    assert b"https://x.org/studies/a%26b/" in content
    monkeypatch.setattr("publisher.pages.site_map.LIMIT", 2)
    assert [str(name) for name, _ in site_maps(pages, addresses)] == ["sitemap-1.xml", "sitemap-2.xml", "sitemap.xml"]
    assert list(site_maps(pages, Addresses())) == []
    assert b"Sitemap: https://x.org/sitemap.xml" in robots(addresses)


def test_the_feed_is_atom_newest_first_and_well_formed_with_hostile_titles() -> None:
    from lxml import etree

    records = [samples.study(" <&\x00]]>"), samples.study(slug="older")]
    studies = [StudySummary(record=record, images=1, datasets=1) for record in records]
    document = feed(studies, samples.site_facts())
    assert document is not None
    root = etree.fromstring(document)
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert len(root.findall("{*}entry")) == 2
    assert feed(studies, samples.site_facts(base_url=None)) is None


def test_pages_of_text_link_each_other_by_their_files() -> None:
    page = prose_page(
        "about", "About", "See [how to cite](how-to-cite.md#bibtex) and [x](https://x.org/a.md).", samples.site_facts()
    )
    assert 'href="../how-to-cite/index.html#bibtex"' in page.body
    assert 'href="https://x.org/a.md"' in page.body


def test_tab_titles_are_at_most_seventy_characters() -> None:
    assert head_title("Cell 1, idr0021", "Commons") == "Cell 1, idr0021 · Commons"
    assert len(head_title("word " * 40, "Commons")) <= 70


def test_descriptions_of_pages_are_plain_sentences() -> None:
    assert plain_text("# A\n\n- *b* [c](https://x.org) `d_e` 2*3") == "A\n\nb c d_e 2*3"
