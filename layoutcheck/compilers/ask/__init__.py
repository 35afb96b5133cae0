"""Names in C or Rust -> probes, and from their compilers an object, or the errors of a refusal."""
