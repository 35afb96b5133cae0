"""Names in C or Rust -> the text of a unit that asks a compiler for them. Pure."""
