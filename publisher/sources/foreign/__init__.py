"""Files that are neither TIFF nor OME-Zarr: one reader a format, which imports its libraries when a file is opened."""
