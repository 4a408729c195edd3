select r.id, r.kind, r.source, r.code, r.reason, r.payload, r.rejected_at
from analyst.rejects as r
where %(id)s::bigint is null or r.id = %(id)s
order by r.id desc
limit %(limit)s
