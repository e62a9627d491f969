"""The rules of countries that set their own, each on the documents that its sellers send."""
