"""The documentation of the API as a static site: the guide in `docs/guide`, and a page for each operation."""
