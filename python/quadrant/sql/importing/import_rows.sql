-- Rows are JSON texts, a line each.
select r.written, r.code, r.reason, count(*), array_agg(r.id)
from learning.import_rows(
    %(kind)s, string_to_array(%(rows)s, chr(10)), %(source)s
) as r
group by r.written, r.code, r.reason
