select exists (
    select from learning.learning_runs as r where r.job = 'quadrant.judge' and r.status = 'waiting'
)
