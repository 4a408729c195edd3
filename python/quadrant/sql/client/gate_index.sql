select i.pattern_key, i.gate, i.base, i.overrides from pm.gate_index() as i
