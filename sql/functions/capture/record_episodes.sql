-- Records an array of experiments as pm.record_episode does, the good ones: a bad one is kept in
-- episode_rejects with its reason. Per experiment: place in the array (from 1), id, written (new,
-- completed, already there, rejected), and for rejects code and reason. QD014 for no array.
create or replace function pm.record_episodes(p_episodes jsonb)
returns table (place integer, id bigint, written text, code text, reason text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if jsonb_typeof(p_episodes) is distinct from 'array' then
        raise exception using
            errcode = 'QD014', message = 'the episodes are not an array',
            hint = 'pm.record_episode takes a single one.';
    end if;
    return query
    select r.*
    from learning.import_rows(
        'episode', array(select e.item::text from jsonb_array_elements(p_episodes) as e (item)),
        'pm.record_episodes'
    ) as r
    order by r.place;
end
$$;
comment on function pm.record_episodes(jsonb) is
    'Records an array of experiments; says per experiment whether it was stored or rejected, and '
    'why.';
