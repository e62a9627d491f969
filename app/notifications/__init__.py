"""What partners are notified of: an outbox in Postgres, and the sender that delivers it."""
