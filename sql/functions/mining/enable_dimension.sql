-- Turns the mining of a registered scope key on or off; the next mining takes every pattern up
-- again. QD011 for a key that is not registered.
create or replace function learning.enable_dimension(p_name text, p_enabled boolean default true)
returns learning.scope_dimensions
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_dimension learning.scope_dimensions;
begin
    update learning.scope_dimensions as d
    set enabled = p_enabled
    where d.name = p_name
    returning d.* into v_dimension;
    if not found then
        raise exception using
            errcode = 'QD011',
            message = format('unknown scope dimension %L', p_name),
            hint = 'Register it first: insert into learning.scope_dimensions (name, ordinal).';
    end if;
    return v_dimension;
end
$$;
comment on function learning.enable_dimension(text, boolean) is
    'Turns the mining of a scope key on (or off); QD011 when it is not registered.';
