"""Seeing: the digit reader, photos, pictures and faces."""
