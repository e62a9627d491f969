"""Notifications to partners: an outbox in Postgres and the sender that delivers it."""
