"""How the service runs: one process, several behind a gateway, or a cluster."""
