"""In which order the files of a fileset are sent: arrays, then metadata, its root last."""

from pathlib import Path

from publisher.graph.record import Output

ARRAYS = 0
"""Rank of arrays, the first of `RANKS`."""
RANKS = 3
_DOCUMENTS = (".zarray", ".zattrs", ".zgroup", ".zmetadata")
_ROOTS = ("zarr.json", ".zgroup", ".zattrs")


def fileset_of(output: Output) -> str:
    """Which fileset it is of: ``data/<study>/<name>.ome.zarr``, or the single file beside it."""
    return "/".join(output.path.split("/")[:3])


def rank_of(output: Output) -> int:
    """Arrays (folders that move as one) before metadata, the fileset's root last."""
    if output.folder:
        return ARRAYS
    parts = output.path.split("/")
    return 2 if len(parts) == 4 and parts[3] in _ROOTS else 1


def rank_in(made: Path, path: Path) -> int:
    """Rank of the file ``path`` of the folder ``made``: chunks, then documents, those of the root last."""
    if made.is_dir() and path.parent == made:
        return 2
    return 1 if path.name in _DOCUMENTS or path.suffix in (".xml", ".json") else 0
