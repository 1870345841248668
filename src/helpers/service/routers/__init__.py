"""The addresses of the service: a router parses, calls a helper and answers."""
