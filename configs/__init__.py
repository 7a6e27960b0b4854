"""The spaCy configs that ship."""
