"""OMERO transfer packs as content."""
