select r.written, r.code, r.reason, count(*)
from learning.import_rows(%(kind)s, %(rows)s, %(source)s) as r
group by r.written, r.code, r.reason
