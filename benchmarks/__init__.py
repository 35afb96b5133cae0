"""What layoutcheck costs, beside the compilers alone and other tools: `python -m benchmarks`."""
