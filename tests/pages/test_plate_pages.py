"""Pages of plates, wells and screens, as the builders make them."""

from dataclasses import replace

from publisher.model.plate_contents import PlateContents, WellContents
from publisher.pages.links import Linker
from publisher.pages.plate_grid import MOST_CELLS, plate_grid
from publisher.pages.plate_page import PlateAround, PlatePage, plate_count, plate_page
from publisher.pages.plate_summary import PlateSummary, summarize_plate
from publisher.pages.published import PublishedImage
from publisher.pages.screen_pages import ScreenPage
from publisher.pages.study_page import StudyPage
from publisher.pages.well_list import well_list
from publisher.pages.well_page import WellPage
from tests.pages import plate_samples, samples

LINKER = Linker(samples.urls.plate("sim-spindle", "p1"))
ITEMS = [samples.published(number) for number in range(1, 6)]


def page(kind: type) -> object:
    return next(page for page in samples.pages() if isinstance(page, kind))


def without_images(contents: PlateContents) -> PlateSummary:
    return summarize_plate(contents, lambda entry: PublishedImage(entry=entry))


def empty_plate(rows: int, columns: int, *wells: tuple[int, int], is_full: bool = False) -> PlateContents:
    return PlateContents(
        id="p",
        name="P",
        rows=tuple(f"r{number}" for number in range(rows)),
        columns=tuple(f"c{number}" for number in range(columns)),
        wells=tuple(
            WellContents(row=row, column=column, name=f"{row}:{column}", address=f"r{row}c{column}", about=(0,))
            for row, column in wells
        ),
        is_full=is_full,
    )


def test_places_of_a_plate_are_told_apart() -> None:
    grid = plate_grid(plate_samples.summary(ITEMS), "sim-spindle", LINKER)
    assert grid is not None
    cells = [[(cell.state, cell.name, cell.href) for cell in row.cells] for row in grid.rows]
    assert cells == [
        [
            ("imaged", "A1", "wells/A1/index.html"),
            ("unpublished", "A2", "#well-A2"),
            ("empty", "A3", None),
        ],
        [("imaged", "B1", "wells/B1/index.html"), ("missing", "", None), ("missing", "", None)],
    ]
    assert {state.words: state.count for state in grid.states} == {
        "images": 2,
        "no image published": 1,
        "empty": 1,
        "no well": 2,
    }


def test_the_picture_of_a_well_is_named_by_it() -> None:
    grid = plate_grid(plate_samples.summary(ITEMS), "sim-spindle", LINKER)
    assert grid is not None
    assert grid.rows[0].cells[0].picture is not None
    assert grid.rows[0].cells[0].picture.alt == "A1"


def test_edges_without_a_well_are_left_out_and_the_page_says_so() -> None:
    """Data far from A1 must not look missing."""
    grid = plate_grid(without_images(empty_plate(16, 24, (13, 20), (14, 22))), "s", LINKER)
    assert grid is not None
    assert [row.name for row in grid.rows] == ["r13", "r14"]
    assert grid.columns == ("c20", "c21", "c22")
    assert grid.note == "Shown are rows r13–r14 of r0–r15 and columns c20–c22 of c0–c23; the others hold no well."


def test_a_plate_of_known_size_is_shown_whole_with_its_empty_wells() -> None:
    grid = plate_grid(without_images(empty_plate(2, 2, (1, 1), is_full=True)), "s", LINKER)
    assert grid is not None
    assert [[cell.state for cell in row.cells] for row in grid.rows] == [["empty", "empty"], ["empty", "unpublished"]]
    assert grid.rows[0].cells[0].name == "r0c0"


def test_more_places_than_a_table_can_show_leave_the_list_alone() -> None:
    far = MOST_CELLS // 2
    summary = without_images(empty_plate(far, 3, (0, 0), (far - 1, 2)))
    assert plate_grid(summary, "s", LINKER) is None
    around = PlateAround(pairs_of=lambda rows: (), records_of=lambda rows: ())
    shown = plate_page(summary, [], around, samples.study(), samples.site_facts())
    assert shown.grid is None
    assert len(shown.wells.rows) == 2


def test_keys_that_differ_are_columns_and_those_that_do_not_stand_once() -> None:
    found = page(PlatePage)
    assert isinstance(found, PlatePage)
    wells = found.wells
    assert wells.columns == ("Gene", "Cells")  # B1 has no pair at all
    assert [(well.name, well.values) for well in wells.rows] == [
        ("A1", ("G0", "HeLa")),
        ("A2", ("G1", "HeLa")),
        ("B1", ("", "")),
    ]
    pairs = samples.Pair("Cells", "HeLa")
    alike = well_list(plate_samples.summary(ITEMS), "s", lambda rows: (pairs,), lambda rows: (), LINKER)
    assert alike.columns == ()
    assert [(fact.label, fact.values[0].text) for fact in alike.same] == [("Cells", "HeLa")]


def test_all_that_is_known_of_a_well_without_a_page_is_on_its_plates() -> None:
    found = page(PlatePage)
    assert isinstance(found, PlatePage)
    [well] = [well for well in found.wells.rows if well.href is None]
    assert [(pair.key, pair.value) for pair in well.pairs] == [("Gene", "G1"), ("Cells", "HeLa")]
    assert [record.name for record in well.records] == ["Field 8"]


def test_a_well_whose_images_could_not_be_published_says_so() -> None:
    summary = summarize_plate(plate_samples.contents(ITEMS), lambda entry: PublishedImage(entry=entry))
    assert [well.state for well in summary.wells] == ["unpublished", "unpublished", "empty", "unpublished"]
    assert plate_count(summary) == "0 wells with images · 3 without images here · 1 empty · 0 images"


def test_a_well_shows_its_fields_by_run_and_leads_to_its_neighbours() -> None:
    found = page(WellPage)
    assert isinstance(found, WellPage)
    assert [(run.name, [field.number for field in run.fields]) for run in found.runs] == [
        ("first", [1]),
        ("Run 2", [2]),
    ]
    assert found.previous is None
    assert found.next is not None
    assert found.next.href.endswith("/plates/p1/wells/B1/index.html")
    assert [crumb.title for crumb in found.breadcrumbs] == ["Studies", "SIM-SPINDLE", "screenA", "P1", "Well A1"]


def test_an_image_of_a_plate_says_where_it_is() -> None:
    found = [page for page in samples.pages() if page.kind == "image"][1]
    assert [crumb.title for crumb in found.breadcrumbs][2:5] == ["screenA", "P1", "Well A1"]
    details = next(panel for panel in found.side if panel.kind == "details")
    assert [(row.label, row.values[0].text) for row in details.rows[1:5]] == [
        ("Plate", "P1"),
        ("Well", "A1"),
        ("Field", "1"),
        ("Run", "first"),
    ]


def test_an_image_says_what_is_added_on_containers_above() -> None:
    found = next(page for page in samples.pages() if page.kind == "image")
    panels = {getattr(panel, "title", panel.kind): panel for panel in found.main}
    assert ("first replicate", "Dataset Control") in [(tag.text, tag.added_on) for tag in panels["tags"].tags]
    for title in ("Attachments", "Comments", "Ratings"):
        assert panels[title].notes[-1].added_on == "Dataset Control"
    assert panels["Attachments"].notes[-1].href.endswith("/studies/sim-spindle/attachments/protocol.pdf")
    assert panels["Ratings"].notes[-1].text.endswith("4 of 5")


def test_a_study_lists_its_screens_and_plates() -> None:
    found = page(StudyPage)
    assert isinstance(found, StudyPage)
    assert found.screen_count == "1 · 2 plates · 12 images"
    assert [(screen.name, [plate.name for plate in screen.plates]) for screen in found.screens] == [
        ("screenA", ["P1"]),
        ("", ["P1"]),
    ]
    [plate] = found.screens[0].plates
    assert (plate.wells, plate.fields, plate.images, plate.runs) == ("2 of 4", 2, 6, 2)


def test_of_many_plates_a_study_shows_some_and_its_screen_all() -> None:
    plates = tuple(plate_samples.summary(ITEMS) for _ in range(30))
    part = replace(plate_samples.screens(ITEMS)[0], plates=plates)
    contents = samples.StudyContents(projects=(), screens=(part,))
    [screen] = samples.study_page(samples.study(), contents, samples.site_facts()).screens
    assert len(screen.plates) == 24
    assert screen.more is not None
    assert screen.more.title == "See all 30 plates"
    shown = page(ScreenPage)
    assert isinstance(shown, ScreenPage)
    assert shown.count == "1 plate · 6 images"
