alter table learning.mined_patterns rename column n_experiments to n_events;
alter table learning.mining_contributions rename column experiment_id to event_id;
alter table learning.slice_rates rename column mining to evidence;
alter table learning.lessons rename column counted_stamp to evidence_stamp;
alter table learning.lessons add column latent_factor_id text;
update learning.lessons as l set latent_factor_id = o.pattern_key || ' ' || o.scope_subset::text
from learning.lessons as o where o.id = l.copy_of;
alter table learning.lessons drop column copy_of;
