"""What every request passes through, whatever feature it is for."""
