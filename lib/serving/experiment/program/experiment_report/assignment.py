"""Gives each unit its variant, always the same, without a table: for a client, and to check what was captured."""

from __future__ import annotations

import hashlib
from typing import Mapping


def variant_of(experiment: str, unit: str, shares: Mapping[str, float]) -> str:
    """The variant of a unit: the place of the hash of `<experiment>:<unit>` among the shares, in their order.

    Another experiment deals the same units out anew, so that one does not hang on another. The same is computed anywhere:
    the first 8 bytes of SHA-256 as a whole number, divided by 2 ** 64.
    """
    hashed = hashlib.sha256(f"{experiment}:{unit}".encode("utf-8")).digest()
    place = int.from_bytes(hashed[:8], "big") / 2**64 * sum(shares.values())
    passed = 0.0
    for variant, share in shares.items():
        passed += share
        if place < passed:
            return variant
    return list(shares)[-1]
