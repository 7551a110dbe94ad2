"""Writers of what is generated from the code and committed: `make openapi` and `make pages`."""
