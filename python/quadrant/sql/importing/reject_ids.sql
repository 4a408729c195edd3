select r.id from analyst.rejects as r order by r.id
