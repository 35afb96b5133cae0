"""A crate -> the items that it declares, and its metadata for probes."""
