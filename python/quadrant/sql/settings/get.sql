select s.*, learning.setting_value(%(name)s, %(pattern)s, %(gate)s) as in_force
from analyst.settings as s
where s.name = learning.require_setting(%(name)s, %(pattern)s, %(gate)s) ->> 'name';
