"""What is stored, what comes in and what goes out, one module a noun."""
