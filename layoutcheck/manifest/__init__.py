"""`layoutcheck.toml` or `[tool.layoutcheck]` -> a `Manifest`; every error with its line."""
