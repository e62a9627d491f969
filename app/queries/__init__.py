"""Reads for people and dashboards."""
