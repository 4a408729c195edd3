select r.written, r.code, r.reason from pm.record_episodes(%(rows)s) as r order by r.place
