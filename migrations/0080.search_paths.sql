-- With search_path = '' alone, pg_temp is still searched first for the names of types: a domain
-- pg_temp.jsonb would run its maker's code with the rights of a definer function's owner.
set role quadrant_owner;
do $pin$
declare
    v_routine regprocedure;
begin
    for v_routine in
        select p.oid::regprocedure
        from pg_proc as p
        join pg_namespace as n on n.oid = p.pronamespace
        where n.nspname in ('learning', 'pm', 'analyst')
            and 'search_path=""' = any (p.proconfig)
    loop
        execute format('alter routine %s set search_path = pg_catalog, pg_temp', v_routine);
    end loop;
end
$pin$;
reset role;
