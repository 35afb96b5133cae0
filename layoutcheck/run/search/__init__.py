"""Names of a crate -> what clang says of each, from the headers that define it."""
