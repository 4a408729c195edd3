select j.look_day, analyst.setup_in_words(j.pattern_key) as setup, j.profile, j.slices,
    j.candidates, j.qualified, j.created, j.dropped, j.n_windows, j.n_days
from analyst.judgings as j
where j.status = 'decided'
order by j.look_id desc
limit 40
