"""The reference: what a user would have by writing the handler by hand."""
