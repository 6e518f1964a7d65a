"""Publish curated OME image datasets as a static web site whose pixels stream as OME-Zarr."""

__version__ = "0.1.0"
