"""What the engine says about the real bars, and that it says it without looking ahead."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from quadrant.bars import Bars, read_bars
from quadrant.engine import Frame, compute, latest, scores

FOLDER = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "bars"
SYMBOLS = ("BTC", "DOGE", "ETH", "LINK", "LTC", "NEAR", "SOL", "XRP")


def real(symbol: str, timeframe: str) -> Bars:
    if not FOLDER.is_dir():
        pytest.skip("no recorded bars beside the repository")
    return read_bars(FOLDER / f"{symbol}_{timeframe}.csv.gz")


def moves(frame: Frame) -> dict[str, int]:
    found: dict[str, int] = {}
    for before, after in pairwise(frame.state.tolist()):
        if before != after:
            found[f"{before}{after}"] = found.get(f"{before}{after}", 0) + 1
    return found


def buys(frame: Frame, near: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Bars that base gates let through, of those near the anchor."""
    return near & (slope >= 0.0) & (frame.ts_score >= 0.6)


def retests(frame: Frame) -> np.ndarray:
    deep = frame.dx_score >= 0.6 + frame.dx_suppression - frame.dx_bonus
    return buys(frame, frame.in_band & deep, frame.s2_slope)


@pytest.mark.parametrize(
    ("symbol", "timeframe", "bars_by_state", "transitions", "flags"),
    [
        (
            "BTCUSDT",
            "15m",
            [6041, 3151, 2264, 12116, 332],
            {"40": 1, "01": 84, "10": 64, "12": 172, "21": 152, "23": 20, "30": 20},
            (645, 2221, 66, 62),
        ),
        (
            "BTCUSDT",
            "1h",
            [1644, 425, 601, 2973, 333],
            {"40": 1, "01": 16, "10": 11, "12": 33, "21": 28, "23": 5, "30": 5},
            (216, 541, 5, 20),
        ),
        (
            "NEARUSDT",
            "15m",
            [7338, 2686, 2159, 11389, 332],
            {"40": 1, "01": 79, "10": 61, "12": 173, "21": 155, "23": 18, "30": 18},
            (389, 2524, 73, 55),
        ),
        (
            "NEARUSDT",
            "4h",
            [326, 84, 70, 0, 1014],
            {"40": 1, "01": 3, "10": 3, "12": 7, "21": 7},
            (1, 0, 2, 2),
        ),
    ],
)
def test_states_transitions_and_flags(
    symbol: str,
    timeframe: str,
    bars_by_state: list[int],
    transitions: dict[str, int],
    flags: tuple[int, ...],
) -> None:
    frame = compute(real(symbol, timeframe))
    assert np.bincount(frame.state, minlength=5).tolist() == bars_by_state
    assert moves(frame) == transitions
    assert flags == (
        frame.trim.sum(),
        frame.emergency.sum(),
        buys(frame, (frame.state == 1) & (frame.s1_halo_distance <= 1.0), frame.s1_slope).sum(),
        buys(frame, (frame.state == 2) & (frame.s2_halo_distance <= 0.5), frame.s2_slope).sum(),
    )


@pytest.mark.parametrize(
    ("timeframe", "band", "flags"),
    [
        ("15m", (12168, 3681, 6614, 4923), [67, 99, 108, 38, 93, 50, 77, 52]),
        ("1h", (2648, 879, 1265, 1257), [57, 17, 0, 26, 13, 28, 12, 8]),
        ("4h", (134, 51, 71, 89), [0, 0, 3, 0, 0, 0, 0, 4]),
    ],
)
def test_the_band_and_the_retest_flag(
    timeframe: str, band: tuple[int, ...], flags: list[int]
) -> None:
    frames = [compute(real(f"{symbol}USDT", timeframe)) for symbol in SYMBOLS]

    def bars(name: str, at_least: float) -> int:
        return sum(int((f.in_band & (getattr(f, name) >= at_least)).sum()) for f in frames)

    assert band == (
        bars("close", 0.0),
        bars("dx_score", 0.60),
        bars("dx_suppression", 1e-12),
        bars("dx_bonus", 1e-12),
    )
    assert [retests(f).sum() for f in frames] == flags


def test_each_part_of_dx_and_edx_spreads_over_the_bars_of_the_band() -> None:
    seen: dict[str, list[float]] = {}
    for symbol in SYMBOLS:
        bars = real(f"{symbol}USDT", "15m")
        frame = compute(bars)
        emas = {period: getattr(frame, f"ema{period}") for period in (20, 30, 60, 144, 250, 333)}
        parts = scores.deep_zone(bars, emas, frame.atr)
        for name, part in (parts | scores.expansion_decay(bars, emas, frame.atr)).items():
            seen.setdefault(name, []).extend(part[frame.in_band].tolist())
    assert len(seen) == 7
    for name, values in seen.items():
        found = np.percentile(values, [10, 25, 50, 75, 90])
        assert found == pytest.approx([0.05, 0.17, 0.5, 0.81, 0.93], abs=0.08), name


def test_scores_of_one_bar() -> None:
    frame = compute(real("NEARUSDT", "15m"))
    expected = {
        "ema20": 3.6085351182636938,
        "ema60": 3.533575972029596,
        "ema333": 3.373418699212375,
        "atr": 0.04402986535087319,
        "rsi": 58.50083784128925,
        "adx": 20.80587328926193,
        "slope60": 0.08035920226529068,
        "slope333": 0.035133985929463304,
        "ts_score": 0.34178092059191767,
        "ox": 0.27458358476617434,
        "s1_halo_distance": 2.485222861764529,
        "s2_slope": 0.04663475507978805,
    }
    for name, value in expected.items():
        assert getattr(frame, name)[1000] == pytest.approx(value, rel=1e-9), name


def test_scores_of_one_retest() -> None:
    frame = compute(real("BTCUSDT", "15m"))
    expected = {
        "close": 46083.69,
        "ema144": 46363.838564871825,
        "ema333": 46029.86283734427,
        "dx_score": 0.7238629378895212,
        "edx_score": 0.7434830784097549,
        "dx_suppression": 0.07304492352292648,
        "dx_bonus": 0.03723187378970823,
        "ts_score": 0.7578715087752895,
        "s2_slope": 0.003258139837758939,
    }
    for name, value in expected.items():
        assert getattr(frame, name)[1070] == pytest.approx(value, rel=1e-9), name
    assert frame.in_band[1070]
    assert retests(frame)[1070]


@pytest.mark.parametrize(("symbol", "timeframe"), [("SOLUSDT", "15m"), ("DOGEUSDT", "4h")])
def test_no_bar_sees_the_next(symbol: str, timeframe: str) -> None:
    bars = real(symbol, timeframe)
    whole = compute(bars).snapshots()
    ends = [1, 14, 60, 332, 333, 334, 341, 342, 343, 500]
    ends += np.linspace(501, len(bars), 40, dtype=int).tolist()
    for end in ends:
        assert latest(bars.head(end)) == whole[end - 1], end
