"""A kernel conf and headers -> what clang is given; all that is FreeBSD's."""
