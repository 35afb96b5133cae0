"""Headers -> the units in which they compile, and what a header leaves to whoever includes it."""
