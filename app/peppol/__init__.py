"""Peppol BIS Billing and Self-billing 3.0: the EN 16931 model, its UBL writer, the readers and the rules. No I/O.

- `app.peppol.invoice`: the semantic model; `Invoice` is an invoice or a credit note
- `app.peppol.profiles`: the ids and type codes of billing and self-billing
- `app.peppol.totals.complete(invoice)`: compute the missing totals by the standard
- `app.peppol.writer.write(invoice)`: UBL 2.1 bytes
- `app.peppol.readers`: UBL and CII into the model
- `app.peppol.rules.validate(xml, on=...)`: the official rules; one finding per breach
- `app.peppol.addresses`, `app.peppol.identifiers`: electronic addresses, numbers with check digits
"""
