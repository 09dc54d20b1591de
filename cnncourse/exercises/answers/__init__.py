"""Right and wrong answers to the exercises, one file per chapter."""
