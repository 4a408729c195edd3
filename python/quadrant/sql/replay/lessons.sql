select count(*) filter (where status = 'active') as active,
    count(*) filter (where status = 'retired') as retired,
    count(*) filter (where status = 'active' and not is_copy) as originals
from learning.learning_lessons
