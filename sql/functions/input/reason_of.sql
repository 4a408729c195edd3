-- Why a row of a kind was refused, all of it, in one sentence; p_else where its check finds
-- nothing.
create or replace function learning.reason_of(p_kind text, p_row jsonb, p_else text)
returns text
language sql stable
as $$
    select coalesce(pg_catalog.string_agg(p.reason, '; ' order by p.ordinality), p_else)
    from learning.problems_of(p_kind, p_row) with ordinality as p
$$;
comment on function learning.reason_of(text, jsonb, text) is
    'All reasons why an episode, trade or closed_trade is refused, one after the other.';
