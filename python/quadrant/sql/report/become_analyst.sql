select set_config('role', 'quadrant_analyst', true) where pg_has_role('quadrant_analyst', 'member')
