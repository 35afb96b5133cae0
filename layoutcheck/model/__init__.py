"""Values that every room speaks, in and out of nothing: layouts, targets, verdicts. Pure."""
