"""The machine -> the clang, linker, rustc and `core` that will do, or what is missing."""
