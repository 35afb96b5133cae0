"""Results -> kept by what they were made of, in memory and in a folder."""
