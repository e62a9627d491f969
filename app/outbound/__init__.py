"""Calls to other people's servers: bounded in bytes and time, and never into our own network."""
