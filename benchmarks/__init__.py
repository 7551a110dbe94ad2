"""What the application costs, against references kept beside it."""
