-- What evidence a change of gates in a slice of p_depth conditions must have to come into force
-- (on), and to stay there (off). Deeper slices are many more, so they must show more; from depth 3
-- on they may only be proposed. What comes into force must surely earn something (money_z >= 1: the
-- sum of the differences in ROI less one standard error is not negative); what is in force must not
-- lose money. A proposal comes into force by its own record at twice the odds (on_record): it was
-- chosen before, but so were others. Shown and watched is what reaches propose_z, as long as it
-- keeps keep_z. In force it may lack all this while its own record is kept_record to 1 for it, and
-- is suspended when that is against_record to 1 against it, or when fewest_changed windows since
-- then lost money (turned_money_z). Fixed beforehand: nothing that is seen moves them
-- (docs/evidence.md).
create or replace function learning.judging_thresholds(p_depth integer)
returns table (
    on_evidence double precision, on_z double precision, off_evidence double precision,
    off_z double precision, on_money_z double precision, off_money_z double precision,
    on_record double precision, kept_record double precision, against_record double precision,
    turned_money_z double precision, propose_z double precision, keep_z double precision,
    fewest_changed integer, may_act boolean
)
language sql immutable parallel safe
as $$
    select t.on_evidence, t.on_z, 0.4 * t.on_evidence, t.on_z - 0.75,
        1::double precision, 0::double precision, 2 * t.on_evidence,
        4::double precision, 20::double precision, -2::double precision, 2::double precision,
        1::double precision, 15, p_depth <= 2
    from (
        values (0, 10::double precision, 3.25::double precision), (1, 30, 3.75), (2, 100, 4.25)
    ) as t (depth, on_evidence, on_z)
    where t.depth = least(p_depth, 2)
$$;
comment on function learning.judging_thresholds(integer) is
    'What a slice of a depth needs to come into force (on) and to stay (off): evidence E, z of the '
    'score, z of money, odds of its own record; to be proposed and kept so; the fewest windows it must change.';
