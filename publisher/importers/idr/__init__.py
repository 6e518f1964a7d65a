"""IDR study folders as content."""
