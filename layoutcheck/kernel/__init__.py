"""The kernel side: configurations, options, and where headers come from."""
