"""Files that are written and read again: cases with their journal, settings, exports."""
