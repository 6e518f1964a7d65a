"""What is said of containers, and the files attached to them: copied to the site, with their checksums."""

from collections.abc import Iterable, Iterator, Sequence

from publisher import urls
from publisher.catalogue.attachments import AttachmentRef
from publisher.catalogue.curation import Curation, key_and_namespace
from publisher.catalogue.load import StudyFolder
from publisher.catalogue.tree import ContainerSaid
from publisher.errors import Problem, Severity
from publisher.graph.record import Json
from publisher.graph.stage import StepStage
from publisher.graph.step import Results, Step
from publisher.model.annotation import Pair
from publisher.model.container import Entry
from publisher.pages.published import ContainerNotes, FileFact, Inherited
from publisher.pages.well_list import RecordRow
from publisher.pipeline.site import Site
from publisher.pipeline.study_parts import StudyDataset


class StudyNotes:
    """Annotations and attached files of one study's containers."""

    def __init__(self, site: Site, study: StudyFolder) -> None:
        self._site = site
        self._slug = study.slug
        self._shown = study.shown
        self._curation: Curation = study.curation
        self._steps: dict[str, str] = {}
        self._of_images: dict[str, list[AttachmentRef]] = {}

    def attachment_steps(self, refs: Iterable[AttachmentRef]) -> Iterator[Step]:
        """Steps that copy attached files, each once; a file whose name is private stays where it is."""
        for ref in refs:
            if ref.image:
                self._of_images.setdefault(ref.image, []).append(ref)
            if ref.path in self._steps or self._is_private(ref):
                continue
            self._steps[ref.path] = f"attachment {self._slug}/{ref.path}"
            yield self._copy_step(ref)

    def _copy_step(self, ref: AttachmentRef) -> Step:
        def write(stage: StepStage) -> Json:
            stage.copy(urls.attachment(self._slug, ref.path), ref.location)
            [output] = stage.outputs()
            return {"size": output.size, "sha256": output.sha256}

        return Step(name=self._steps[ref.path], action=write, files={ref.path: ref.location}, apart=True)

    def _is_private(self, ref: AttachmentRef) -> bool:
        """Whether the name holds what stays private, such as an e-mail address; the curator is told."""
        if self._site.redaction.text(ref.path) == ref.path:
            return False
        message = "the name of this attached file holds an e-mail address or a path: it is not published"
        self._site.warn(
            [
                Problem(
                    code="study.private-file-name",
                    path=f"{self._shown}/{ref.path}",
                    message=message,
                    hint="rename it, or list what may be shown under privacy.keep in site_config.yaml",
                    severity=Severity.WARNING,
                )
            ]
        )
        return True

    def attached_to(self, entry: Entry) -> tuple[AttachmentRef, ...]:
        """Files that study.yaml attaches to an image, by its id, path or name; ask when all steps were asked for."""
        words = dict.fromkeys((entry.id, entry.ref.path if entry.ref else "", entry.name))
        return tuple(ref for word in words if word for ref in self._of_images.get(word, ()))

    def steps_of(self, *said: ContainerSaid) -> tuple[str, ...]:
        """Names of the steps that what is said of these containers needs."""
        return self.steps_of_files(ref for each in said for ref in each.attachments)

    def steps_of_files(self, refs: Iterable[AttachmentRef]) -> tuple[str, ...]:
        """Names of the steps that copy attached files."""
        return tuple(dict.fromkeys(self._steps[ref.path] for ref in refs if ref.path in self._steps))

    def files(self, refs: Sequence[AttachmentRef], results: Results) -> tuple[FileFact, ...]:
        """Attached files as they are offered; those that could not be copied are left out."""
        found = ((ref, results.value(self._steps[ref.path])) for ref in refs if ref.path in self._steps)
        return tuple(
            FileFact(
                title=f"{ref.title}: {ref.description}" if ref.description else ref.title,
                path=urls.attachment(self._slug, ref.path),
                size=copied["size"],
                sha256=copied["sha256"],
            )
            for ref, copied in found
            if copied
        )

    def notes(self, said: ContainerSaid, results: Results, rows: Sequence[int] = ()) -> ContainerNotes:
        """What study.yaml and ``rows`` of images.csv say of a container."""
        own = said.annotations
        return ContainerNotes(
            pairs=(*(_pair(key, value) for key, value in own.pairs), *self.pairs_of(rows)),
            tags=own.tags,
            comments=own.comments,
            rating=own.rating,
            files=self.files(said.attachments, results),
        )

    def inherited_in(self, dataset: StudyDataset, results: Results) -> tuple[Inherited, ...]:
        """What images of a dataset inherit: from the dataset, then from its project."""
        found = inherited_from("Dataset", dataset.files.name, self.notes(dataset.files.said, results))
        if dataset.project:
            said = self.notes(dataset.project.said, results)
            found = (*found, *inherited_from("Project", dataset.project.name, said))
        return found

    def notes_of_rows(self, rows: Sequence[int]) -> ContainerNotes:
        """What rows of images.csv say of a well."""
        return ContainerNotes(pairs=self.pairs_of(rows))

    def pairs_of(self, rows: Sequence[int]) -> tuple[Pair, ...]:
        """Key-value pairs of rows of images.csv, by their numbers."""
        return tuple(pair for number in rows for pair in self._curation.row(number).pairs)

    def records_of(self, rows: Sequence[int]) -> tuple[RecordRow, ...]:
        """Rows about images whose pixels are not here, by their numbers."""
        found = []
        for number in rows:
            row = self._curation.row(number)
            field = f"Field {row.place.field}" if row.place and row.place.field else ""
            name = row.name or row.image or field or f"Row {row.line}"
            found.append(RecordRow(name=name, pairs=row.pairs, description=row.description))
        return tuple(found)


def inherited_from(kind: str, name: str, said: ContainerNotes) -> tuple[Inherited, ...]:
    """``said`` of a container as what images in it inherit; nothing where nothing is said."""
    if said.is_empty:
        return ()
    return (
        Inherited(
            source=f"{kind} {name}",
            pairs=said.pairs,
            tags=said.tags,
            comments=said.comments,
            rating=said.rating,
            files=said.files,
        ),
    )


def _pair(key: str, value: str) -> Pair:
    """A pair of study.yaml; its key may end in a namespace in brackets, as a header of images.csv may."""
    name, namespace = key_and_namespace(key)
    return Pair(name, value, namespace)
