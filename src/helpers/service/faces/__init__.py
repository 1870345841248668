"""Hide the faces in pictures."""
