"""Curated studies of others as content: an importer reads what stands on disk and says what a study would be."""
