"""Compare both compilers' layouts: layouts and a manifest in, verdicts with causes out. Pure."""
