select s.name, s.value, s.default_value, s.meaning
from analyst.settings as s
where s.type = 'switch' and s.pattern_key is null
