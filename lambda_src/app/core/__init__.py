"""What all features use: settings, tokens, the table, errors, logs, time and ids."""
