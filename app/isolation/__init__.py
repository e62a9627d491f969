"""Reading, conversion and validation in processes of their own, which can be killed.

- `ConversionPool`: runs a function in one of a few reused processes, within limits of time and memory
- `app.isolation.work`: the functions that run there
- `app.isolation.child`: such a process
"""

from app.isolation.pool import ChildDied, ConversionPool, Limits, TooHeavy

__all__ = ["ChildDied", "ConversionPool", "Limits", "TooHeavy"]
