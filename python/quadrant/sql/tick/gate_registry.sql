select pattern_key, gate, value_key, direction, base, steps from pm.gate_registry()
