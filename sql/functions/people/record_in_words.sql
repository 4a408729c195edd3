-- A track record in words: "since 3 March 2026: 14 setups, +9 %, 6.2 to 1 for".
create or replace function learning.record_in_words(p_since date, p_record jsonb)
returns text
language sql stable
as $$
    select format('since %s: ', to_char(p_since, 'FMDD FMMonth YYYY')) || case
        when coalesce((p_record ->> 'changed')::integer, 0) = 0
            then 'no setup yet that it would have changed'
        else format(
            '%s setups, %s %%, %s', p_record ->> 'changed',
            to_char(100 * (p_record ->> 'value')::numeric, 'SGFM999,990.0'),
            learning.odds_in_words(
                (p_record ->> 'for')::double precision, (p_record ->> 'against')::double precision
            )
        )
    end
$$;
comment on function learning.record_in_words(date, jsonb) is
    'A solution''s track record in words, with odds.';
