"""Amounts that a sender states in a way of its own, brought to what the rules compute; the same for every source.

Totals and line net amounts never change. Each step changes one kind of difference, names every change in `losses` and
leaves what contradicts itself as it is, for the rules to refuse.

- `prices`: the price, the quantity and the base quantity of a line that do not give its net amount
"""
