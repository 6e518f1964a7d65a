"""Steps of image pages: each when its pixels are done, with what containers above it say."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from publisher.graph.step import Deferred, Results, Step
from publisher.model.container import Entry
from publisher.pages.image_place import Place
from publisher.pages.published import Inherited, PublishedImage, StudyRecord
from publisher.pipeline.container_notes import StudyNotes
from publisher.pipeline.published import Neighbour, PublishedImages
from publisher.pipeline.site import Site

if TYPE_CHECKING:
    from publisher.pages.image_page import ImagePages

PlaceOf = Callable[[tuple[Neighbour, Neighbour]], Place]
"""Where an image stands, given the images that turned out to be before and after it."""
InheritedBy = Callable[[Results], tuple[Inherited, ...]]


class ImagePageSteps:
    """Makes the steps of the image pages of one study."""

    def __init__(self, site: Site, record: StudyRecord, images: PublishedImages, notes: StudyNotes) -> None:
        self._site = site
        self._record = record
        self._images = images
        self._notes = notes

    @cached_property
    def _builder(self) -> "ImagePages":
        # Late: a study of rows alone has no image pages, and need not load what draws them.
        from publisher.pages.image_page import ImagePages

        return ImagePages(self._record, self._site.facts)

    def step(
        self,
        entry: Entry,
        beside: tuple[Entry | None, Entry | None],
        place: PlaceOf,
        inherited: InheritedBy,
        said: tuple[str, ...],
    ) -> Deferred:
        """The page of ``entry``; ``said`` names the steps that what it inherits comes from."""
        attached = self._notes.attached_to(entry)

        def make(item: PublishedImage, near: tuple[Neighbour, Neighbour], results: Results) -> Step:
            own = Inherited(source="", files=self._notes.files(attached, results))
            above = inherited(results)
            with_notes = replace(item, inherited=(own, *above) if attached else above)
            return self._site.page_step(self._builder.page(with_notes, place(near)))

        said = (*said, *self._notes.steps_of_files(attached))
        return self._images.page(entry, beside, make, self._record.slug, said)
