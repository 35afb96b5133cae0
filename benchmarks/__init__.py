"""The cost of layoutcheck, beside the compilers alone and other tools: `python -m benchmarks`."""
