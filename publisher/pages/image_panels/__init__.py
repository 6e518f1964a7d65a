"""The panels of an image page: one sub-model, one partial template, one file each."""
