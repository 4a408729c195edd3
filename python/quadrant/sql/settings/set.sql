select h.setting, h.pattern_key, h.gate, h.old_value, h.new_value, h.changed_by, h.changed_at
from learning.set_setting(%(name)s, %(value)s::jsonb, %(pattern)s, %(gate)s) as h
where h.id is not null;
