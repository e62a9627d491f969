"""Exact Online's sign-in, token endpoint and REST API, as far as a document's delivery needs them."""
