"""Seeing: convolution, pooling, activations, the digit reader and photos."""
