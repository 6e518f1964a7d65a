"""The vocabulary of the OME data model as frozen values: no I/O, no arrays, no libraries."""
