select g.pattern_key, analyst.setup_in_words(g.pattern_key) as setup, g.gate, g.direction, g.base,
    g.steps
from analyst.gates as g
where g.is_lever
order by g.pattern_key, g.ordinal
