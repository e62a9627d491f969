"""Banqup's tokens, documents, files and messages as far as they are known, and an issuer of bearer tokens."""
