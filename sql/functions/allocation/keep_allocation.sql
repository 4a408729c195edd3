-- Writes what steps of the allocation came to (p_state: learning.allocation_state, stepped), and
-- gives positions their part of shares that moved. Returns how many positions changed. Nothing is
-- written where nothing was stepped, nor where no trade moves capital (null).
create or replace function learning.keep_allocation(p_state jsonb)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_config jsonb := p_state -> 'config';
    v_before jsonb := (
        select c.config_data
        from learning.learning_configs as c
        where c.module_id = 'decision_maker'
    );
    v_shares jsonb := (
        select jsonb_object_agg(t.timeframe, t.share)
        from learning.timeframe_allocation(v_config) as t
    );
begin
    if p_state is null or v_config = v_before then
        return 0;
    end if;
    update learning.learning_configs as c
    set config_data = v_config, updated_at = learning.clock(), updated_by = 'record_closed_trade'
    where c.module_id = 'decision_maker';

    insert into learning.roi_masses (average, mass_short, mass_long)
    select m.key, (m.value ->> 0)::numeric, (m.value ->> 1)::numeric
    from jsonb_each(p_state -> 'masses') as m
    on conflict (average) do update
    set mass_short = excluded.mass_short, mass_long = excluded.mass_long
    where (roi_masses.mass_short, roi_masses.mass_long)
        is distinct from (excluded.mass_short, excluded.mass_long);

    insert into learning.allocation_shuffles as s (path, timeframe, share, mean, mass, n)
    select p.*
    from jsonb_to_recordset(p_state -> 'paths') as p (
        path smallint, timeframe text, share double precision, mean double precision,
        mass double precision, n integer
    )
    on conflict on constraint allocation_shuffles_pkey do update
    set share = excluded.share, mean = excluded.mean, mass = excluded.mass, n = excluded.n
    where (s.share, s.mean, s.mass, s.n)
        is distinct from (excluded.share, excluded.mean, excluded.mass, excluded.n);

    if v_shares = (
        select jsonb_object_agg(t.timeframe, t.share)
        from learning.timeframe_allocation(v_before) as t
    ) then
        return 0;
    end if;
    return learning.redistribute_positions(v_shares);
end
$$;
comment on function learning.keep_allocation(jsonb) is
    'Writes stepped averages, shares and shuffled paths, and redistributes positions; returns how many changed.';
