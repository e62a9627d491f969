"""The demo: the whole way of documents, with real processes, over the product's public endpoints."""
