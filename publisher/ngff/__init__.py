"""A conversion plan and an image source in, OME-Zarr out."""
