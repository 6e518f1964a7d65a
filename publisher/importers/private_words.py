"""Words that a site would not show if a microscope had written them: what an importer brings in passes for curated."""

from collections.abc import Iterator

from publisher.formats.redaction import Redaction
from publisher.importers.draft import TableDraft, Todo

_MOST_NAMED = 3


def private_words(description: object, images: TableDraft | None) -> Iterator[Todo]:
    """Ask the curator to look at e-mail addresses and paths among the words of a study and the rows of its images."""
    redaction = Redaction()
    for about, found in (("study.yaml", _texts(description)), ("images.csv", _cells(images))):
        private = list(dict.fromkeys(text for text in found if redaction.text(text) != text))
        if private:
            named = ", ".join(repr(text[:60]) for text in private[:_MOST_NAMED])
            more = " …" if len(private) > _MOST_NAMED else ""
            message = f"{len(private)} texts hold an e-mail address or a path and will be published as they are: "
            yield Todo(message + named + more, about)


def _texts(value: object, key: str = "") -> Iterator[str]:
    """Texts that people wrote; paths of files, and the study's own folders, are none."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, str(name))
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, key)
    elif isinstance(value, str) and key not in ("path", "sources", "image", "images"):
        yield value


def _cells(images: TableDraft | None) -> Iterator[str]:
    if images is None:
        return
    wanted = [at for at, name in enumerate(images.header) if name not in ("image", "id", "series")]
    for row in images.rows:
        yield from (row[at] for at in wanted if row[at])
