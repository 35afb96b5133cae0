"""A file of Rust -> the same file as rustdoc or a probe has to see it."""
