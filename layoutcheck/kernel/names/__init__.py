"""The texts of headers -> the headers that define a name, mention it, or make it from others."""
