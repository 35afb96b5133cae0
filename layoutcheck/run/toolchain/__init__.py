"""A machine -> the compilers and the linker of a run, or what is missing and how to install it."""
