"""Headers -> the units in which they compile, and the macros that they leave to their includers."""
