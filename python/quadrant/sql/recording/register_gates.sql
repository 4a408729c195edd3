select pm.register_gates(%(pattern_key)s, %(gates)s, %(replace)s, %(dimensions)s)
