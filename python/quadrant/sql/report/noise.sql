select b.made_at, b.market, b.noise_histories, b.noise_in_force, b.noise_ever, b.noise_patterns
from analyst.backtests as b
where b.noise_histories is not null
order by b.id desc
limit 1
