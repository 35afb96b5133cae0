"""A kernel conf and headers -> clang's input. Everything about FreeBSD is in this room."""
