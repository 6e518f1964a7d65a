"""The page of one image: a head, the stage, and panels."""

from dataclasses import dataclass
from typing import ClassVar

from publisher import urls
from publisher.pages import channels
from publisher.pages.image_panels import (
    acquisition,
    cite,
    details,
    download,
    key_values,
    ome_xml,
    open_with,
    picture,
    provenance,
    tags,
    use_it,
    viewer_data,
)
from publisher.pages.image_panels.panel import Panel
from publisher.pages.image_panels.picture import PicturePanel
from publisher.pages.image_panels.viewer_data import ViewerData
from publisher.pages.labels import Label, study_labels
from publisher.pages.links import Linker
from publisher.pages.page import Alternate, Crumb, Link, Page, SiteFacts, one_sentence
from publisher.pages.published import PublishedImage, StudyRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an image stands: the containers above it by name and id, and its neighbours (id and name)."""

    dataset_name: str
    dataset_id: str
    dataset_page: int = 1
    project_name: str = ""
    project_id: str = ""
    previous: tuple[str, str] | None = None
    next: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePage(Page):
    """An image. ``stage`` is its picture, None for a record without pixels (``has_pixels`` false).

    ``main`` and ``side`` are the panels in their order; a theme draws panel ``kind`` by panels/<kind>.html.
    ``labels`` are the organism and other terms of its study; ``previous`` and ``next`` its neighbours in the
    dataset. ``viewer`` is embedded for a viewer in the page.
    """

    template: ClassVar[str] = "image.html"
    kind: ClassVar[str] = "image"

    has_pixels: bool
    labels: tuple[Label, ...]
    previous: Link | None
    next: Link | None
    stage: PicturePanel | None
    main: tuple[Panel, ...]
    side: tuple[Panel, ...]
    can_download: bool
    can_open: bool
    viewer: ViewerData | None


def image_page(item: PublishedImage, study: StudyRecord, place: Place, site: SiteFacts) -> ImagePage:
    """The page of an image, or of a record whose pixels are not published."""
    url = urls.image(study.slug, item.entry.id)
    linker, canonical = Linker(url), site.addresses.page(url)
    zarr_url = site.addresses.snippet(item.store) if item.store else ""
    downloads = download.download_panel(item, linker, zarr_url)
    programs = open_with.open_with_panel(item, site)
    side = (details.details_panel(item), downloads, programs, cite.cite_panel(item, study, site, canonical))
    card = item.pictures.card if item.pictures else None
    return ImagePage(
        url=url,
        title=item.name,
        head_title=f"{item.name}, {study.key} · {site.title}",
        description=_description(item, study),
        breadcrumbs=_breadcrumbs(item, study, place, linker),
        canonical=canonical,
        card_picture=site.addresses.page(card.path) if card else None,
        card_width=card.width if card else 0,
        card_height=card.height if card else 0,
        alternates=(Alternate(title="This page as JSON", href="index.json", type="application/json"),),
        has_pixels=item.image is not None,
        labels=study_labels(study.description),
        previous=_neighbour(place.previous, study, linker),
        next=_neighbour(place.next, study, linker),
        stage=picture.picture_panel(item, linker),
        main=_main_panels(item, linker, site),
        side=tuple(panel for panel in side if panel is not None),
        can_download=downloads is not None,
        can_open=programs is not None,
        viewer=viewer_data.viewer_data(item, linker, site),
    )


def _main_panels(item: PublishedImage, linker: Linker, site: SiteFacts) -> tuple[Panel, ...]:
    pairs = key_values.key_values_panel(item)
    if item.image is None:
        return (pairs,)
    texts = item.image.texts
    others = tags.others_panel(texts)
    panels = (
        tags.tags_panel(texts),
        pairs,
        tags.comments_panel(texts),
        others if others.notes else None,
        acquisition.acquisition_panel(item.image, item.rendering),
        use_it.use_it_panel(item, site),
        ome_xml.ome_xml_panel(item, linker),
        provenance.provenance_panel(item),
    )
    return tuple(panel for panel in panels if panel is not None)


def _description(item: PublishedImage, study: StudyRecord) -> str:
    own = item.entry.description or (item.image.description if item.image else "")
    seen = channels.names(channels.chips(item.image, item.rendering)) if item.image else ""
    about = f"{item.name}{f' ({seen})' if seen else ''}, an image of {study.description.title}"
    return one_sentence(own or about)


def _breadcrumbs(item: PublishedImage, study: StudyRecord, place: Place, linker: Linker) -> tuple[Crumb, ...]:
    steps = [
        Crumb(title="Studies", href=linker.to(urls.HOME)),
        Crumb(title=study.key, href=linker.to(urls.study(study.slug))),
    ]
    if place.project_id:
        steps.append(Crumb(title=place.project_name, href=linker.to(urls.project(study.slug, place.project_id))))
    dataset = urls.dataset(study.slug, place.dataset_id, place.dataset_page)
    return (*steps, Crumb(title=place.dataset_name, href=linker.to(dataset)), Crumb(title=item.name))


def _neighbour(neighbour: tuple[str, str] | None, study: StudyRecord, linker: Linker) -> Link | None:
    if neighbour is None:
        return None
    return Link(title=neighbour[1], href=linker.to(urls.image(study.slug, neighbour[0])))
