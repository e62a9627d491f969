"""Exports approved and sent Banqup documents to Exact Online as Peppol BIS Billing 3.0 UBL."""
