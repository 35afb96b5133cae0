"""A command line -> a program that has ended, whatever ends the process that started it."""
