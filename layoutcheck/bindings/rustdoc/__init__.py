"""rustdoc JSON -> the ABI surface of a crate: types, items, names, accessors."""
