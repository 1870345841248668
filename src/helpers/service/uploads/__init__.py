"""Keep pictures."""
