select jsonb_build_object(
    'timeframe', a.timeframe, 'share', a.share, 'trades', a.n, 'noise_lowest', a.noise_lowest,
    'noise_highest', a.noise_highest, 'verdict', a.verdict
)
from analyst.allocation as a
order by a.timeframe collate "C"
