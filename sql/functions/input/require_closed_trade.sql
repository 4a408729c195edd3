-- A closed trade in the shape of learning.checked_closed_trade; raises its first problem with all
-- of them in the detail.
create or replace function learning.require_closed_trade(p_trade jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return learning.checked_closed_trade(p_trade);
exception
    when others then
        if sqlstate like 'QD%' then
            perform learning.raise_problems('closed_trade', p_trade);
        end if;
        raise;
end
$$;
comment on function learning.require_closed_trade(jsonb) is
    'Answers the closed trade in one shape; raises all its problems at once.';
