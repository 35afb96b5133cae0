"""What a compiler is asked -> the text of a unit in C or Rust that asks it. Pure."""
