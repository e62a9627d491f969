"""The rules of single countries, each for the documents of its sellers."""
