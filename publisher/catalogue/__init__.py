"""content/ in, a tree of ids and references out."""
