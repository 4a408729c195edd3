-- How alike two names are, 0..1: the share of pairs of letters that both have.
create or replace function learning.likeness(p_name text, p_other text)
returns double precision
language sql immutable parallel safe
as $$
    select count(*) filter (where p.names = 2) / greatest(count(*), 1)::double precision
    from (
        select count(distinct n.which) as names
        from (values (1, p_name), (2, p_other)) as n (which, name)
        cross join generate_series(0, length(n.name)) as i (place)
        group by substr(' ' || lower(n.name) || ' ', i.place + 1, 2)
    ) as p
$$;
comment on function learning.likeness(text, text) is
    'How alike two names are, 0..1, for hints.';
