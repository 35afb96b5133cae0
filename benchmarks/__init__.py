"""What layoutcheck costs, beside the compilers alone and beside other tools: `python -m benchmarks`."""
