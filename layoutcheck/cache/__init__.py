"""Results, cached by their inputs, in memory and in a folder."""
