-- learning.winning_overrides of a scope, for readers who may not read overrides: ids, of every
-- pattern.
create or replace function learning.scope_winners(p_scope jsonb)
returns bigint[]
language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
    return array(
        select w.id
        from (select learning.scope_items(p_scope) as items offset 0) as s
        cross join lateral learning.winning_overrides(s.items) as w (id)
        order by w.id
    );
end
$$;
comment on function learning.scope_winners(jsonb) is
    'The overrides that win in a scope, of every lever of every pattern.';
