"""Neural networks written out in NumPy, forwards and backwards, one idea a module."""
