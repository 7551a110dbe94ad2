"""Who may do what: the statements of every policy in a template, and how two templates differ in them."""
