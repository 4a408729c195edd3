create or replace view analyst.settings_history as
select h.id, h.setting, h.pattern_key, h.gate, h.old_value, h.new_value, h.changed_by, h.changed_at
from learning.learning_configs_history as h;
comment on view analyst.settings_history is
    'One row per change of a setting: old and new value (null: not set), by whom and when (UTC).';
