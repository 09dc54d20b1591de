"""The content of the chapters: one folder for each."""
