"""Documents (OME-XML, NGFF metadata) to and from the model: no pixels, no files."""
