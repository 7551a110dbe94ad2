"""The whole stack on this machine: an embedded AWS, the real deployment, a demo.

`python -m local up|down|reset|token` is what the Makefile calls. The end-to-end tests use the
same modules on their own ports and folders, so they test what `make local` runs.
"""
