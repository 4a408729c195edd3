select h.setting, h.pattern_key, h.gate, h.old_value, h.new_value, h.changed_by, h.changed_at
from analyst.settings_history as h
where %(name)s::text is null or h.setting = %(name)s
order by h.id desc
limit %(limit)s;
