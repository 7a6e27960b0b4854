"""Term tables: one row a term, tab-separated, with a header."""
