"""How often Python looks for garbage in a process of our own."""

from __future__ import annotations

import gc

# Objects that are made before it looks again. Imports, tables and a document's mentions make many that stay: with
# Python's 700 the start took 2.3 s in place of 2.0.
BETWEEN = 50_000


def rest() -> None:
    """Let the collector work less often; for the command and its workers, not for who imports the package."""
    gc.set_threshold(BETWEEN)
