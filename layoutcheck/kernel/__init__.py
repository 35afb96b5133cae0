"""A kernel conf and headers -> clang's input. `freebsd` knows the system, the rest knows C."""
