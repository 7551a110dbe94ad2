"""What API consumers are given: the documentation site, the typed clients, the compatibility check."""
