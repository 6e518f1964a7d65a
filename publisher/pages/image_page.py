"""The page of one image: a head, the stage, and panels."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from publisher import urls
from publisher.model.image import Image
from publisher.pages import channels
from publisher.pages.citation import Cited, citation_opening
from publisher.pages.container_facts import breadcrumbs
from publisher.pages.image_panels import (
    acquisition,
    cite,
    details,
    download,
    key_values,
    labels,
    notes,
    ome_xml,
    open_with,
    original,
    picture,
    provenance,
    regions,
    tags,
    use_it,
    viewer_data,
)
from publisher.pages.image_panels.panel import Panel
from publisher.pages.image_panels.picture import PicturePanel
from publisher.pages.image_panels.viewer_data import ViewerData
from publisher.pages.image_place import Place, above_image, place_facts
from publisher.pages.labels import Label, study_labels
from publisher.pages.links import Linker
from publisher.pages.page import JSON_TWIN, Crumb, Link, Page, SiteFacts, head_title, one_sentence
from publisher.pages.published import PublishedImage, StudyRecord
from publisher.pages.store_address import address_to_copy


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePage(Page):
    """An image; records without pixels have no page of their own. ``stage`` is its picture.

    ``main`` and ``side`` are the panels in their order; a theme draws panel ``kind`` by panels/<kind>.html.
    ``labels`` are the organism and other terms of its study; ``previous`` and ``next`` its neighbours in the
    dataset or on the plate. ``viewer`` is embedded for a viewer in the page.
    """

    template: ClassVar[str] = "image.html"
    kind: ClassVar[str] = "image"

    labels: tuple[Label, ...]
    previous: Link | None
    next: Link | None
    stage: PicturePanel | None
    main: tuple[Panel, ...]
    side: tuple[Panel, ...]
    can_download: bool
    can_open: bool
    viewer: ViewerData | None


class ImagePages:
    """Makes the image pages of one study; what all of them share is made once and kept."""

    def __init__(self, study: StudyRecord, site: SiteFacts) -> None:
        self.study, self.site = study, site
        self._labels = study_labels(study.description)
        self._cited = Cited(study=study.description, key=study.key, site=site.title)
        self._opening = citation_opening(study.description)
        self._above: dict[tuple[object, ...], tuple[Crumb, ...]] = {}

    def page(self, item: PublishedImage, place: Place) -> ImagePage:
        """The page of an image whose pixels are published."""
        assert item.image is not None, "a record without pixels is an entry of its dataset's page alone"
        study, site = self.study, self.site
        url = urls.image(study.slug, item.entry.id)
        linker, canonical = Linker(url), site.addresses.page(url)
        side = self._side_panels(item, item.image, place, linker, canonical)
        kinds = [panel.kind for panel in side]
        card = item.pictures.card if item.pictures else None
        return ImagePage(
            url=url,
            title=item.name,
            head_title=head_title(f"{item.name}, {study.key}", site.title),
            description=_description(item, item.image, study),
            breadcrumbs=(*self._crumbs(place, linker), Crumb(title=item.name)),
            canonical=canonical,
            card_picture=site.addresses.page(card.path) if card else None,
            card_width=card.width if card else 0,
            card_height=card.height if card else 0,
            alternates=JSON_TWIN,
            labels=self._labels,
            previous=_neighbour(place.previous),
            next=_neighbour(place.next),
            stage=picture.picture_panel(item, linker),
            main=_main_panels(item, item.image, linker, site),
            side=side,
            can_download="download" in kinds,
            can_open="open_with" in kinds,
            viewer=viewer_data.viewer_data(item, linker, site),
        )

    def _side_panels(
        self, item: PublishedImage, image: Image, place: Place, linker: Linker, canonical: str | None
    ) -> tuple[Panel, ...]:
        panels = (
            details.details_panel(item, image, place_facts(place, self.study.slug, linker)),
            download.download_panel(item, linker, address_to_copy(item, self.site)),
            open_with.open_with_panel(item, self.site),
            cite.cite_panel(item, self._opening, self._cited, canonical),
        )
        return tuple(panel for panel in panels if panel is not None)

    def _crumbs(self, place: Place, linker: Linker) -> tuple[Crumb, ...]:
        """Steps above an image: the same for all images of one page of a dataset, or of one well."""
        if place.key not in self._above:
            self._above = {place.key: _above(self.study, place, linker)}
        return self._above[place.key]


def image_page(item: PublishedImage, study: StudyRecord, place: Place, site: SiteFacts) -> ImagePage:
    """One image page; for all images of a study keep an `ImagePages`."""
    return ImagePages(study, site).page(item, place)


def _main_panels(item: PublishedImage, image: Image, linker: Linker, site: SiteFacts) -> tuple[Panel, ...]:
    said = notes.not_offered(image.annotations, item.inherited)
    panels = (
        tags.tags_panel(image.annotations, item.inherited),
        key_values.key_values_panel(item, image),
        *notes.notes_panels(said, item.xml_texts, notes.inherited_notes(item.inherited, linker)),
        labels.labels_panel(item, linker),
        regions.regions_panel(item, image, linker),
        acquisition.acquisition_panel(item, image, linker),
        original.original_panel(item, image, linker, site),
        use_it.use_it_panel(item, site),
        ome_xml.ome_xml_panel(item, linker),
        provenance.provenance_panel(item),
    )
    return tuple(panel for panel in panels if panel is not None)


def _description(item: PublishedImage, image: Image, study: StudyRecord) -> str:
    own = item.entry.description or image.description
    seen = channels.names(channels.chips(image, item.rendering))
    about = f"{item.name}{f' ({seen})' if seen else ''}, an image of {study.description.title}"
    return one_sentence(own or about)


def _above(study: StudyRecord, place: Place, linker: Linker) -> tuple[Crumb, ...]:
    return breadcrumbs("", study, above_image(place, study.slug), linker)[:-1]


def _neighbour(neighbour: tuple[str, str] | None) -> Link | None:
    """A page beside this one: image pages are folders of one folder."""
    return Link(title=neighbour[1], href=f"../{quote(neighbour[0])}/index.html") if neighbour else None
