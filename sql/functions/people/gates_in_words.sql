-- Gates of a decision ([{gate, base, value}]) as a phrase: "halo 1 -> 1.2 and ts 0.6 -> 0.55".
create or replace function analyst.gates_in_words(p_gates jsonb)
returns text
language sql immutable parallel safe
as $$
    select coalesce(string_agg(format(
        '%s %s -> %s', g.one ->> 'gate', coalesce(trim_scale((g.one ->> 'base')::numeric)::text, '?'),
        trim_scale((g.one ->> 'value')::numeric)
    ), ' and ' order by g.place), 'back to the base gates')
    from jsonb_array_elements(coalesce(p_gates, '[]')) with ordinality as g (one, place)
$$;
comment on function analyst.gates_in_words(jsonb) is
    'Gates of a decision as a phrase: halo 1 -> 1.2 and ts 0.6 -> 0.55.';
