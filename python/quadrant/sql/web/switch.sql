select h.setting, h.new_value, h.changed_by
from learning.set_setting(%(name)s, to_jsonb(%(on)s::boolean), null, null, %(by)s) as h
