"""study.yaml and images.csv of a draft as text for people to edit."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from publisher.importers.draft import TableDraft
from publisher.yaml_file import dump_yaml

HEAD = """\
# A study. `publisher --help` says where all its keys are listed. Check what you wrote with `publisher plan`.
"""
EXAMPLES = {
    "description": "# description: |\n#   What was asked, done and seen.\n",
    "authors": "# authors:\n#   - {name: Ada Lovelace, orcid: 0000-0000-0000-0000, affiliation: Your institution}\n",
    "licence": "# licence: CC-BY-4.0\n",
    "organisms": "# organisms:\n#   - {name: Homo sapiens, accession: NCBITaxon:9606}\n",
    "imaging_methods": "# imaging_methods:\n#   - {name: confocal microscopy, accession: FBbi_00000251}\n",
}
"""How keys that every study should have are written; they stand as comments where a draft lacks them."""


def study_yaml(description: Mapping[str, object]) -> str:
    """The text of study.yaml: a head that says what is missing, the title, examples of what is missing, the rest."""
    missing = [key for key in EXAMPLES if not description.get(key)]
    wanted = ", ".join([*(["title"] if len(missing) == len(EXAMPLES) else []), *missing])
    todo = f"# To do: {wanted}. A line that starts with # is not read.\n" if wanted else ""
    head = {"title": description["title"]}
    body = {key: value for key, value in description.items() if key != "title"}
    examples = "".join(EXAMPLES[key] for key in missing)
    return HEAD + todo + "\n" + dump_yaml(head) + examples + "\n" + (dump_yaml(body) if body else "")


def write_table(table: TableDraft, path: Path) -> int:
    """Write ``table`` as CSV with lines that end in a line feed; the number of rows. Rows are taken one by one."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.header)
        count = 0
        for count, row in enumerate(_checked(table), 1):  # noqa: B007  # the number is what is looked for
            writer.writerow(row)
    return count


def _checked(table: TableDraft) -> Iterator[tuple[str, ...]]:
    width = len(table.header)
    for row in table.rows:
        if len(row) != width:
            raise ValueError(f"a row has {len(row)} cells, the header {width}: an importer is wrong")
        yield row
