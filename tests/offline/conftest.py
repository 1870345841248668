# Importing the guard, as the collection of doctests does, would put it in force here.
collect_ignore = ["guard"]
