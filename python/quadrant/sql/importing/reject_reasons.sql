select r.code, r.kind, r.source, count(*) from analyst.rejects as r group by 1, 2, 3 order by 4 desc
