"""Names of a crate -> clang's answer on each, from the headers that define it."""
