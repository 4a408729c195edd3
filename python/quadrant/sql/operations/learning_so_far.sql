select coalesce((select max(r.id) from learning.learning_runs as r), 0) as run,
    coalesce((select max(h.id) from learning.pm_overrides_history as h), 0) as change
