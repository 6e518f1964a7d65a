"""OME-XML documents: read in any release, published in the newest, nothing lost on the way."""
