select analyst.setup_in_words(p.pattern_key) as setup,
    analyst.scope_in_words(p.scope_subset) as scope_words, p.status, p.dir_a, p.dir_e, p.confidence,
    p.edge, p.n
from analyst.postures as p
order by p.status, p.confidence desc, p.override_id
