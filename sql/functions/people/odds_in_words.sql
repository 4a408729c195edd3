-- Odds as people say them: "6 to 1 for", "20 to 1 against".
create or replace function learning.odds_in_words(
    p_for double precision, p_against double precision
)
returns text
language sql immutable parallel safe
as $$
    select case
        when p_for > 1 and p_for >= coalesce(p_against, 0) then format('%s to 1 for', f.odds)
        when p_against > 1 then format('%s to 1 against', a.odds)
        else 'nothing either way'
    end
    from (select round(p_for::numeric, (p_for < 10)::integer)::text) as f (odds)
    cross join (select round(p_against::numeric, (p_against < 10)::integer)::text) as a (odds)
$$;
comment on function learning.odds_in_words(double precision, double precision) is
    'Odds for and against in words: 6.0 to 1 for.';
