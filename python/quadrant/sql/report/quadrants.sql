select analyst.setup_in_words(q.pattern_key) as setup, q.*
from analyst.quadrants as q
order by q.pattern_key
