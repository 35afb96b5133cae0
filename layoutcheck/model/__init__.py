"""The values that all rooms use: layouts, targets, verdicts. Pure."""
