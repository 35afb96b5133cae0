"""A kernel conf -> its options, its `opt_*.h`, and the reason of each: config(5), config(8)."""
