"""Programs, probes and what they wrote -> what clang and rustc say of C and of Rust."""
