"""Hands beyond MNIST's, and marks that are no digits: a network that knows "none of the ten"."""
