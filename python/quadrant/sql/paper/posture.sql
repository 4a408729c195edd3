select s.a_final, s.e_final, s.position_size_frac, (
    select coalesce(jsonb_agg(jsonb_build_object('id', o -> 'id', 'weight', o -> 'weight')), '[]')
    from jsonb_array_elements(s.overrides) as o
)
from pm.flag_posture(%(flags)s, %(a)s, %(e)s) as f
cross join lateral pm.steer(%(pattern_key)s, %(scope)s, f.a_flags, f.e_flags) as s
