"""The diagrams of the lessons, drawn from the numbers that they explain.

A module for each subject; `helpers.diagrams.card` has the palette and what all of them share.
Labels are in the reader's language.
"""
