"""One file for each thing a person wants to do."""
