"""A file of Rust -> a variant of it that rustdoc or a probe needs."""
