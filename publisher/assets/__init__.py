"""Pixels and rendering in, files derived for the site out: thumbnails, pictures."""
