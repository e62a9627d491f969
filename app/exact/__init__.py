"""Exact Online: sign-in, limits, companies and documents. Exact's terms stay in this package."""
