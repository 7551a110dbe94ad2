"""What the product does: functions from a session and a caller to a model."""
