"""A manifest and a plan -> a `Run`; the only room that knows the order of the steps."""
