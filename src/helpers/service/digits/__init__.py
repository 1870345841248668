"""Read the digits in a picture."""
