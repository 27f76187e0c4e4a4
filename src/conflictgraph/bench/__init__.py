"""How long the work takes, here and in other engines, on an invented graph of any size."""
