"""What the function does when nobody waits for it: the messages of the outbox."""
