select l.lesson_id, analyst.setup_in_words(l.pattern_key) as setup,
    analyst.scope_in_words(l.scope_subset) as scope_words, l.n, l.n_acted, l.n_skipped, l.sr,
    l.sr_low, l.sr_high, l.sr_rest, l.difference, l.difference_q, l.is_different, l.verdict,
    l.wr, l.mr, l.copies, count(*) over () as of_all
from analyst.lessons as l
where l.status = 'active' and l.lesson_type = 'tuning_rates'
order by l.is_different desc nulls last, l.difference_q nulls last, l.n desc, l.lesson_id
limit %(most)s
