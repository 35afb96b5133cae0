"""A command line -> a program that has ended, even if the process that started it is killed."""
