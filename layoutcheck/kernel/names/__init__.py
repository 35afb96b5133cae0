"""The texts of headers -> who defines a name, mentions it, or makes it of others."""
