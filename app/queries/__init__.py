"""Read-only queries for the API and dashboards."""
