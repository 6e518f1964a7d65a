"""The local server: a finished site in, answers like a real host's out."""
