"""The helpers behind the lessons of "Annyeong, Deep Learning"."""
