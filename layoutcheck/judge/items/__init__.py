"""Constants, aliases, functions and statics of both sides -> a verdict on each. Pure."""
