"""Amounts that a sender states in a way of its own, brought to what the rules compute; the same for every source.

Totals and line net amounts never change. Each step changes one kind of difference, names every change in `losses` and
leaves what contradicts itself as it is, for the rules to refuse. docs/decisions/0017 says what proves each reading.

- `signs`: credit notes in negative amounts, or with some of their signs turned
- `text_lines`, `rate_from_totals`, `lines_from_totals`: lines without an amount, documents without rates or lines
- `only_vat`, `adjustments`, `prices`: what a line, an allowance or a charge lacks, and prices that do not fit
- `finer_than_cents`: amounts with more than two decimals
- `outside_scope`, `breakdown`, `sums`, `belgium`: the VAT breakdown and the total over them
"""
