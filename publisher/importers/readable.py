"""Which files a reader of ours takes, by name: what an importer may list as images, before anything is opened."""

SUFFIXES = (
    ".ome.tiff", ".ome.tif", ".tiff", ".tif", ".btf", ".tf2", ".tf8", ".svs", ".ndpi", ".qptiff", ".stk", ".lsm",
    ".ome.xml", ".companion.ome", "-companion.ome", ".ome", ".zarr", ".zarr.zip", ".ozx", ".czi", ".lif", ".lof",
    ".nd2", ".dv", ".r3d", ".r3d_d3d", ".d3d", ".wpi", ".mrc", ".mrcs", ".rec", ".st", ".ali", ".preali", ".map",
    ".ccp4", ".mrc.gz", ".mrc.bz2", ".map.gz", ".map.bz2", ".nrrd", ".nhdr", ".png", ".jpg", ".jpeg", ".bmp", ".gif",
    ".webp",
)  # fmt: skip
"""Suffixes of the readers that come with publisher, in lower case."""


def may_be_read(path: str) -> bool:
    """Whether a file of this name may be an image that a reader takes."""
    return path.lower().rstrip("/").endswith(SUFFIXES)
