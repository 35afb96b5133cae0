"""A source tree, a package or a folder -> the headers of one machine, and flags to read them."""
