"""Serving: what the course made, behind HTTP."""
