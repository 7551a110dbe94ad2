"""Who may do what: a module a noun, with its rows of the table and its items of the world."""
