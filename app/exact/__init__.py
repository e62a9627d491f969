"""Exact Online: its sign-in, its limits, its companies and its documents. Nothing else knows Exact's words."""
