"""A kernel conf and headers -> what clang is given: `freebsd` knows the system, the rest C."""
