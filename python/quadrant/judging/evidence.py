"""How likely the best of many candidates is by chance: the largest z of each draw of a null.

Max-T after Westfall and Young (1993); draws are added one chunk after another until enough of
them exceed, after Besag and Clifford (1991).
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

ENOUGH_EXCEEDANCES = 20
# Rounding of the float32 products; a draw that equals the observed signs must count.
_ROUNDING = 1e-5
_AT_ONCE = 1_000  # shuffles held in memory at a time


def stable_seed(pattern_key: str, items: Iterable[str]) -> int:
    """A seed that is the same in every run and on every machine for this slice."""
    text = "\n".join([pattern_key, *items])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def day_z(sums: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """z = sum / sqrt(sum of squares) of each column of (days, candidates), and the scaled days.

    Columns whose sums are all zero have z 0.
    """
    norm = np.sqrt(np.einsum("dc,dc->c", sums, sums))
    scaled = sums * np.divide(1.0, norm, out=np.zeros_like(norm), where=norm > 0)
    return scaled.sum(axis=0), scaled.astype(np.float32)


class Null(ABC):
    """Largest z of each draw of a null hypothesis, over all candidates: what p is read from."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.Generator(np.random.PCG64(seed))
        self._largest = np.empty(0, np.float32)

    @property
    def draws(self) -> int:
        """Draws made so far."""
        return len(self._largest)

    def draw(self, n: int) -> None:
        """Make n more draws."""
        self._largest = np.concatenate([self._largest, self._draw(n)])

    @abstractmethod
    def _draw(self, n: int) -> NDArray[np.float32]:
        """The largest z of n more draws."""

    def exceedances(self, z: float) -> int:
        """Draws at or above z."""
        return int(np.count_nonzero(self._largest >= z - _ROUNDING))

    def p(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """(1 + draws at or above each z) / (1 + draws)."""
        below = np.searchsorted(np.sort(self._largest), z - _ROUNDING, side="left")
        return np.asarray((1.0 + self.draws - below) / (1.0 + self.draws), dtype=np.float64)


class SignFlips(Null):
    """Every day's sums get a random sign, the same for all candidates."""

    def __init__(self, days: NDArray[np.float32], seed: int) -> None:
        """`days` is (days, candidates), its columns scaled to unit length (`day_z`)."""
        super().__init__(seed)
        self._test = np.ascontiguousarray(days.T)

    def _draw(self, n: int) -> NDArray[np.float32]:
        days = self._test.shape[1]
        bits = np.frombuffer(self._random.bytes((n * days + 7) // 8), dtype=np.uint8)
        signs = np.unpackbits(bits, count=n * days).astype(np.float32)
        signs *= 2
        signs -= 1
        largest: NDArray[np.float32] = (self._test @ signs.reshape(days, n)).max(axis=0)
        return largest


class DayShuffles(Null):
    """The days' values change places, each day's staying together, under the same flips.

    Sign flips take a loss to be as likely as a win of its size. Values are skewed (many small
    losses, few large wins), so a handful of refused events that all lost proves little: the
    shuffled values know how often that happens in this slice.
    """

    def __init__(
        self,
        values: NDArray[np.float64],
        day: NDArray[np.int64],
        rows: NDArray[np.intp],
        flips: NDArray[np.float64],
        seed: int,
    ) -> None:
        """Centred `values` (n) and non-decreasing `day` (n) of all events, flips of some `rows`.

        `flips` is (rows, candidates), its columns scaled so that flips.T @ values[rows] is z.
        """
        super().__init__(seed)
        self._values = values.astype(np.float32)
        self._starts = np.flatnonzero(np.diff(day, prepend=day[0] - 1))
        self._lengths = np.diff(np.append(self._starts, len(day)))
        self._rows = rows
        self._test = np.ascontiguousarray(flips.T.astype(np.float32))

    def _draw(self, n: int) -> NDArray[np.float32]:
        largest = [self._shuffle(min(_AT_ONCE, n - done)) for done in range(0, n, _AT_ONCE)]
        return np.concatenate(largest)

    def _shuffle(self, n: int) -> NDArray[np.float32]:
        order = self._random.random((n, len(self._starts))).argsort(axis=1).ravel()
        lengths = self._lengths[order]
        # Where each event of the shuffled sequence stood: its day's start, and on from there.
        ends = np.cumsum(lengths)
        first = self._starts[order] - (ends - lengths)
        taken = np.repeat(first, lengths) + np.arange(ends[-1])
        shuffled = self._values[taken].reshape(n, -1)[:, self._rows]
        largest: NDArray[np.float32] = (self._test @ shuffled.T).max(axis=0)
        return largest
