"""The compilers: finding them, giving them `core`, running them. The only user of subprocess."""
