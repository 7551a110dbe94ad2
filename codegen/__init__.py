"""Generators of committed pages and documents: `make openapi` and `make pages`."""
