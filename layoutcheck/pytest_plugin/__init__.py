"""pytest's hooks -> a run, pytest items for the crate's items, and a gate. A thin shell."""
