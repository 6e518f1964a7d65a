"""Image files in, inspection records and pixels out."""
