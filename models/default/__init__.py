"""The model that `topline` loads when it is not told otherwise."""
