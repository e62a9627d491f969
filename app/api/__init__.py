"""The HTTP API: routes, authorization and responses. No SQL and no business rules."""
