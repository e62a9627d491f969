"""The demo: documents on their way from Banqup to Exact, through real processes and public endpoints."""
