"""A package, a published crate or a file -> rustdoc JSON and metadata, by cargo or rustc."""
