"""HTTP in and out: routes, who may call them, and how answers look. No SQL and no rules."""
