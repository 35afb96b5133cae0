"""A kernel conf -> its options, its `opt_*.h`, and why each is as it is: config(5), config(8)."""
