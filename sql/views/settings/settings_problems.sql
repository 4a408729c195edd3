-- What stands in the configuration and is passed over, because it was written before there was a
-- check or its pattern or gate is gone: the value in force instead, and why.
create or replace view learning.settings_problems as
select c.module_id, p.*, learning.setting_in(c.config_data, p.pattern_key, p.name) as used
from learning.learning_configs as c
cross join lateral learning.configuration_problems(c.module_id, c.config_data) as p;
comment on view learning.settings_problems is
    'One row per value of learning_configs that is not valid: code, problem, hint, and what is used instead.';
