"""A finished site in, problems out; knows nothing of how it was built."""
