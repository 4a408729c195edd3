select (h.change).setting, (h.change).pattern_key, (h.change).gate, (h.change).old_value,
    (h.change).new_value, (h.change).changed_by, (h.change).changed_at
from learning.set_setting(%(name)s, %(value)s::jsonb, %(pattern)s, %(gate)s) as h (change)
where (h.change).id is not null;
