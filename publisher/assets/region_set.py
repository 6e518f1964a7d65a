"""Names of the files that are published of an image's regions, beside its page."""

REVISION = 2
"""Rises when the same regions and pixels yield other bytes."""

JSON, GEOJSON, ROI_SET, TABLE, OVERVIEW = (
    "regions.json",
    "regions.geojson",
    "RoiSet.zip",
    "regions.csv",
    "regions.svg",
)


LISTED_AS = ("roi_id", "roi_name", "shape_id", "kind", "text", "z", "t", "c", "area", "length")
"""What is kept of a shape for the page: planes from 1, None for all."""


def mask_file(number: int) -> str:
    """Name of the picture of the mask of that number, from 1."""
    return f"regions-mask-{number}.png"
