"""Percentiles and the cumulative distribution of a list of measured times."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def percentiles(values: Iterable[float], ranks: Sequence[float] = (50, 90, 99)) -> dict[float, float]:
    """The nearest-rank percentiles: for each rank p the smallest value that at least p % do not exceed.

    No value is invented between two measured ones. Raises ValueError for no values or a rank outside 0..100.

    >>> percentiles([1, 2, 3, 4], (25, 50, 99))
    {25: 1, 50: 2, 99: 4}
    """
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values: percentiles need at least one")
    if any(not 0 <= rank <= 100 for rank in ranks):
        raise ValueError(f"percentile ranks must lie between 0 and 100, got {tuple(ranks)}")
    return {rank: ordered[max(0, math.ceil(rank / 100 * len(ordered)) - 1)] for rank in ranks}


def ecdf(values: Iterable[float]) -> tuple[list[float], list[float]]:
    """The empirical cumulative distribution: the values in order, and the share (0..1) of values up to each.

    >>> ecdf([3, 1, 2, 2])
    ([1, 2, 2, 3], [0.25, 0.5, 0.75, 1.0])
    """
    ordered = sorted(values)
    return ordered, [(number + 1) / len(ordered) for number in range(len(ordered))]
