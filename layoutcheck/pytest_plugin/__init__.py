"""pytest's hooks -> a run, an item for each subject, and a gate. A thin shell."""
