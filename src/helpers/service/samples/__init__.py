"""Samples of MNIST as pictures."""
