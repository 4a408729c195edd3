"""A nautilus_trader strategy: one Dip(QuadrantConfig(bar_type=..., order_id_tag=...)) a pair."""

from nautilus_trader.indicators import RelativeStrengthIndex, SimpleMovingAverage
from nautilus_trader.model.enums import OrderSide

from quadrant.integrations.nautilus import QuadrantStrategy
from quadrant.recorder import Sale, at_least, at_most


class Dip(QuadrantStrategy):
    quadrant_pattern = "pm.dip.nautilus.entry"
    quadrant_gates = (
        at_most("rsi", 35, -5, 5, 10),
        at_least("volume_surge", 1, -0.5, 0.5),
    )

    def on_start(self):
        self.rsi, self.volume = RelativeStrengthIndex(14), SimpleMovingAverage(48)
        self.register_indicator_for_bars(self.config.bar_type, self.rsi)
        super().on_start()

    def quadrant_bar(self, bar):
        self.volume.update_raw(float(bar.volume))
        if not (self.rsi.initialized and self.volume.initialized):
            return None
        surge = float(bar.volume) / self.volume.value
        return bar.close > bar.open, {"rsi": 100 * self.rsi.value, "volume_surge": surge}

    def quadrant_buy(self, bar, answer):
        instrument = self.cache.instrument(bar.bar_type.instrument_id)
        quantity = instrument.make_qty(500 / float(bar.close))
        self.submit_order(
            self.order_factory.market(instrument.id, OrderSide.BUY, quantity, tags=[answer.tag])
        )

    def quadrant_exit(self, entry, bar):
        gain = bar.close / entry.price - 1
        if not -0.04 < gain < 0.04 or entry.bars >= 96:
            return Sale(bar.close, "time" if entry.bars >= 96 else "gain")
        return None
