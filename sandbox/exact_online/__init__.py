"""Exact Online's sign-in, token endpoint and REST API, as far as the delivery of a document needs them."""
