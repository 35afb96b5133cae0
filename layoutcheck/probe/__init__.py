"""From subjects to the text of probes; no input or output here."""
