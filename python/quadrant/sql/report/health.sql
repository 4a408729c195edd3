select h.check_name, h.status, h.detail, h.what_to_do
from analyst.health as h
order by array_position(array['fail', 'warn', 'ok'], h.status), h.check_name
