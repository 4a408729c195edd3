-- The most conditions a slice of a pattern may have: the setting max_dims, else 4 where more than
-- ten dimensions are enabled, else null (any number).
create or replace function learning.max_dims(p_pattern_key text)
returns integer
language sql stable parallel safe
as $$
    select coalesce(
        learning.setting(p_pattern_key, 'max_dims')::integer,
        case when (select count(*) from learning.scope_dimensions as d where d.enabled) > 10
            then 4 end
    )
$$;
comment on function learning.max_dims(text) is
    'The most conditions a mined slice of the pattern may have; null: any number.';
