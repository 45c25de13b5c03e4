"""Files in and out. What can be imported, and how it is checked, stands in docs/import.md."""
