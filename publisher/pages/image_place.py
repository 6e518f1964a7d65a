"""Where an image stands: in a dataset, or in a well of a plate; and the images beside it."""

from dataclasses import dataclass

from publisher import urls
from publisher.pages.container_facts import Above
from publisher.pages.facts import Fact, fact
from publisher.pages.links import Linker


@dataclass(frozen=True, slots=True, kw_only=True)
class WellSpot:
    """A place on a plate: screen (id, name), plate (id, name), well (address, name), number of the field from 1, and
    the name of the run. What is not known is None or empty."""

    plate: tuple[str, str]
    screen: tuple[str, str] | None = None
    well: tuple[str, str] | None = None
    field: int | None = None
    run: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The containers above an image by name and id, or its ``spot`` on a plate; its neighbours (id and name)."""

    dataset_name: str = ""
    dataset_id: str = ""
    dataset_page: int = 1
    project_name: str = ""
    project_id: str = ""
    spot: WellSpot | None = None
    previous: tuple[str, str] | None = None
    next: tuple[str, str] | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for images with the same containers above them."""
        spot = self.spot and (self.spot.plate, self.spot.well)
        return self.dataset_id, self.dataset_page, self.project_id, spot


def above_image(place: Place, slug: str) -> Above:
    """Containers above an image, outermost first."""
    spot = place.spot
    if spot is None:
        project = ((place.project_name, urls.project(slug, place.project_id)),) if place.project_id else ()
        return (*project, (place.dataset_name, urls.dataset(slug, place.dataset_id, place.dataset_page)))
    screen = ((spot.screen[1], urls.screen(slug, spot.screen[0])),) if spot.screen else ()
    well = ((f"Well {spot.well[1]}", urls.well(slug, spot.plate[0], spot.well[0])),) if spot.well else ()
    return (*screen, (spot.plate[1], urls.plate(slug, spot.plate[0])), *well)


def place_facts(place: Place, slug: str, linker: Linker) -> tuple[Fact, ...]:
    """Plate, well, field and run of an image; nothing of one in a dataset."""
    spot = place.spot
    if spot is None:
        return ()
    rows = [fact("Plate", spot.plate[1], href=linker.to(urls.plate(slug, spot.plate[0])))]
    if spot.well:
        rows.append(fact("Well", spot.well[1], href=linker.to(urls.well(slug, spot.plate[0], spot.well[0]))))
    rows += [fact("Field", str(spot.field))] if spot.field else []
    rows += [fact("Run", spot.run)] if spot.run else []
    return tuple(rows)
