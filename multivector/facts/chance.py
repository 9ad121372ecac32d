"""Two measures against chance: Fisher's exact test and Cohen's kappa."""

from collections.abc import Sequence
from math import comb

import numpy as np


def kappa(first: Sequence, second: Sequence) -> float:
    """Cohen's kappa of two codings of the same units: 1 is full agreement, 0 what chance would give."""
    return float(kappas(np.array([list(first)]), np.array([list(second)]))[0])


def kappas(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """``kappa`` of each row of two arrays of codes."""
    observed = (first == second).mean(axis=1)
    codes = np.unique(first)
    expected = sum((first == code).mean(axis=1) * (second == code).mean(axis=1) for code in codes)
    return np.where(expected == 1, 1.0, (observed - expected) / np.where(expected == 1, 1.0, 1 - expected))


def fisher(hits: int, other_hits: int, misses: int, other_misses: int) -> float:
    """Two-sided p of Fisher's exact test: the sum of all tables as likely as the given one, or less likely."""
    size, total = hits + misses, hits + other_hits
    everyone = size + other_hits + other_misses

    def chance(count: int) -> float:
        return comb(total, count) * comb(everyone - total, size - count) / comb(everyone, size)

    least, most = max(0, size + total - everyone), min(size, total)
    limit = chance(hits) * (1 + 1e-9)
    return float(sum(chance(count) for count in range(least, most + 1) if chance(count) <= limit))
