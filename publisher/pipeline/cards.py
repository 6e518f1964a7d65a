"""A study's card: what the front page and the feed tell of it, kept in the ledger between builds."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from publisher.catalogue.schema import StudyDescription
from publisher.graph.ledger import Ledger
from publisher.graph.record import Json
from publisher.graph.step import Step
from publisher.pages.published import PictureFile, StudyRecord
from publisher.pages.study_page import StudyContents
from publisher.pages.summary import StudySummary
from publisher.pipeline.site import CARD

NOT_ON_CARDS = {"rendering", "images", "datasets", "projects", "screens", "sources", "tables", "regions", "attachments"}
"""Keys of study.yaml that say how the study is made, not what it is: a new colour is no news for the front page."""


def card_name(slug: str) -> str:
    """Name of the step that keeps a study's card."""
    return CARD + slug


def card_step(record: StudyRecord, contents: StudyContents) -> Step:
    """Keeps the card; writes no file."""
    first = next((item for item in contents.examples if item.pictures), None)
    card = {
        "slug": record.slug,
        "licence": record.licence,
        "description": record.description.model_dump(mode="json", exclude_defaults=True, exclude=NOT_ON_CARDS),
        "images": sum(part.images for part in contents.summaries),
        "datasets": len(contents.datasets),
        "screens": sum(part.identity is not None for part in contents.screens),
        "plates": len(contents.plates),
        "bytes": sum(part.bytes for part in contents.summaries),
        "has_pixels": first is not None,
        "largest": [max((part.largest[axis] for part in contents.summaries), default=0) for axis in (0, 1)],
        "picture": _file(first.pictures.picture) if first and first.pictures else None,
        "picture_small": _file(first.pictures.small) if first and first.pictures and first.pictures.small else None,
        "picture_name": first.name if first else "",
        "picture_image": first.entry.id if first else "",
    }
    return Step(name=card_name(record.slug), params=card, action=lambda _stage: card)


def _file(picture: PictureFile) -> Json:
    return [str(picture.path), picture.width, picture.height]


def _picture(file: Json) -> PictureFile | None:
    return PictureFile(PurePosixPath(file[0]), file[1], file[2]) if file else None


def cards(ledger: Ledger) -> Iterator[tuple[StudySummary, str]]:
    """Every study's card with the id of its picture's image, newest release first, then by slug."""
    values = [value for _, value in ledger.values(CARD) if value]
    values.sort(key=lambda card: card["slug"])
    values.sort(key=lambda card: card["description"].get("release_date", ""), reverse=True)
    for card in values:
        yield (
            StudySummary(
                record=StudyRecord(
                    slug=card["slug"],
                    description=StudyDescription.model_validate(card["description"]),
                    licence=card["licence"],
                ),
                images=card["images"],
                datasets=card["datasets"],
                screens=card.get("screens", 0),
                plates=card.get("plates", 0),
                bytes=card["bytes"],
                has_pixels=card["has_pixels"],
                largest=(card["largest"][0], card["largest"][1]),
                picture=_picture(card["picture"]),
                picture_small=_picture(card.get("picture_small")),
                picture_name=card["picture_name"],
            ),
            card["picture_image"],
        )
