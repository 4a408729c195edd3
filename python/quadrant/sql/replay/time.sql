select w.replayed_to
from analyst.world as w
cross join learning.clock_setting as c
where c.set_to is null
