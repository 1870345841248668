"""Whether the service is alive and ready, what it has done, and its documentation."""
