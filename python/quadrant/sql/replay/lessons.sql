select count(*) filter (where status = 'active') as active,
    count(*) filter (where status = 'retired') as retired,
    count(distinct coalesce(latent_factor_id, id::text)) filter (where status = 'active') as closed
from learning.learning_lessons
