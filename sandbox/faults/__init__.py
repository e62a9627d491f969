"""Fault injection: a table of kinds, rules that select calls, and a middleware in front of each server."""
