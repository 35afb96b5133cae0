"""The Rust side: the crate, and the types that it declares."""
