"""Faults on demand: one table of kinds, rules that draw them, one gate in front of each server."""
