"""Writers of what is generated from the code and committed: run by `make openapi` and `make pages`."""
