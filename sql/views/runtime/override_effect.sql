-- What happened under overrides (learning.override_effects). Other times are other markets: this is
-- what happened, not what the override did.
create or replace view analyst.override_effect as
select e.* from learning.override_effects() as e;
comment on view analyst.override_effect is
    'Per override, windows and trades decided with it and, in its slice, without it: mean ROI (fractions), their difference with a 90 % interval by days, n, and a verdict; too early under 30 or 10 days on a side.';
comment on column analyst.override_effect.measure is 'windows (virtual ROI where acted, 0 where skipped) or trades (ROI, whatever the size).';
comment on column analyst.override_effect.status is 'active, proposed, or gone.';
