"""The backend of Lifestyle Spaces: people, the spaces they share, and what they do there."""

__version__ = "0.2.0"
