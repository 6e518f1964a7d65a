"""Records and urls in, page models (frozen, JSON) out."""
