"""One folder per vendor; nothing but `registry` is imported from outside."""
