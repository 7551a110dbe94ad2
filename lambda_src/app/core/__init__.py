"""What every feature stands on: settings, tokens, the table, errors, logs, time and ids."""
