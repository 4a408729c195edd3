-- Why the first of two overrides of a lever is preferred (both as learning.preference writes them):
-- "it has more conditions (2 to 1)". Of the second, with p_is_winner false: "fewer conditions (1 to
-- 2)".
create or replace function learning.preference_in_words(
    p_winner double precision[], p_loser double precision[], p_is_winner boolean
)
returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select case d.place
        when 1 then case when p_is_winner then 'it is pinned' else 'that one is pinned' end
        when 2 then case when p_is_winner
            then format('it has more conditions (%s to %s)', d.winner, d.loser)
            else format('fewer conditions (%s to %s)', d.loser, d.winner) end
        when 3 then case when p_is_winner
            then 'it was set by hand' else 'that one was set by hand' end
        when 4 then case when p_is_winner
            then format('its confidence is larger (%s to %s)', d.winner, d.loser)
            else format('less confidence (%s to %s)', d.loser, d.winner) end
        when 5 then case when p_is_winner
            then format('more experiments are behind it (%s to %s)', d.winner, d.loser)
            else format('fewer experiments behind it (%s to %s)', d.loser, d.winner) end
        when 6 then case when p_is_winner then 'it is newer' else 'older' end
        else case when p_is_winner then 'it was stored first' else 'stored later' end
    end
    from (
        select w.place, round(w.value::numeric, 3)::double precision as winner,
            round(l.value::numeric, 3)::double precision as loser
        from unnest(p_winner) with ordinality as w (value, place)
        join unnest(p_loser) with ordinality as l (value, place) using (place)
        where w.value <> l.value
        order by w.place
        limit 1
    ) as d
$$;
comment on function learning.preference_in_words(
    double precision[], double precision[], boolean
) is 'Why one override of a lever is preferred to another, in words.';
