"""The machine -> a usable clang, linker, rustc and `core`, or what is missing."""
