"""Stand-ins for Exact Online and Banqup that enforce what is known of the real services."""
