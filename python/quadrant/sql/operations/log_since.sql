select s.go_on, s.log_id, s.clock_at, s.level, s.event, s.data from analyst.log_since(%(since)s) as s
