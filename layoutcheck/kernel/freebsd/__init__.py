"""FreeBSD: where the headers of its kernel are, what its conf says, how its build compiles."""
