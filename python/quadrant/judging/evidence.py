"""How likely the best of many candidates is by chance: sign flips of days, largest z of each draw.

Max-T after Westfall and Young (1993), the null by random signs per day; draws are added one
chunk after another until enough of them exceed, after Besag and Clifford (1991).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

ENOUGH_EXCEEDANCES = 20
# Rounding of the float32 products; a draw that equals the observed signs must count.
_ROUNDING = 1e-5


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


class SignFlips:
    """Largest z per draw of random day signs, the same signs for every test and candidate."""

    def __init__(self, tests: tuple[NDArray[np.float32], ...], seed: int) -> None:
        """Each of `tests` is (days, candidates), its columns scaled to unit length."""
        self._tests = tuple(np.ascontiguousarray(t.T) for t in tests)
        self._days = tests[0].shape[0]
        self._random = np.random.Generator(np.random.PCG64(seed))
        self._largest: list[NDArray[np.float32]] = [np.empty(0, np.float32) for _ in tests]

    @property
    def draws(self) -> int:
        """Draws made so far."""
        return len(self._largest[0])

    def draw(self, n: int) -> None:
        """Make n more draws."""
        bits = np.frombuffer(self._random.bytes((n * self._days + 7) // 8), dtype=np.uint8)
        signs = np.unpackbits(bits, count=n * self._days).astype(np.float32)
        signs *= 2
        signs -= 1
        flips = signs.reshape(self._days, n)
        self._largest = [
            np.concatenate([done, (test @ flips).max(axis=0)])
            for done, test in zip(self._largest, self._tests, strict=True)
        ]

    def exceedances(self, test: int, z: float) -> int:
        """Draws of a test at or above z."""
        return int(np.count_nonzero(self._largest[test] >= z - _ROUNDING))

    def p(self, test: int, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """(1 + draws at or above each z) / (1 + draws)."""
        below = np.searchsorted(np.sort(self._largest[test]), z - _ROUNDING, side="left")
        return np.asarray((1.0 + self.draws - below) / (1.0 + self.draws), dtype=np.float64)
