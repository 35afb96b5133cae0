"""Judge constants, aliases, functions and statics: both sides -> a verdict on each. Pure."""
