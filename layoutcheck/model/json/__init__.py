"""The model's values -> JSON, and JSON -> the same values."""
