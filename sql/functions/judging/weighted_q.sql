-- Weighted Benjamini-Hochberg q values (Genovese, Roeder and Wasserman 2006): weights are scaled to
-- mean 1, each p is divided by its weight, then the step-up runs from the largest down.
create or replace function learning.weighted_q(
    p_values double precision[], p_weights double precision[]
)
returns double precision[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with weighted as (
        select i.place, i.p * avg(i.weight) over () / i.weight as p
        from unnest(p_values, p_weights) with ordinality as i (p, weight, place)
    ),
    ranked as (
        select w.place, w.p, row_number() over (order by w.p, w.place) as rank,
            count(*) over () as m
        from weighted as w
    ),
    stepped as (
        select r.place, least(1, min(r.p * r.m / r.rank) over (order by r.rank desc)) as q
        from ranked as r
    )
    select coalesce(array_agg(s.q order by s.place), '{}')
    from stepped as s
$$;
comment on function learning.weighted_q(double precision[], double precision[]) is
    'Weighted Benjamini-Hochberg q of each p, in the given order; weights of any scale.';
