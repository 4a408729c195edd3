set role quadrant_owner;
do $unpin$
declare
    v_routine regprocedure;
begin
    for v_routine in
        select p.oid::regprocedure
        from pg_proc as p
        join pg_namespace as n on n.oid = p.pronamespace
        where n.nspname in ('learning', 'pm', 'analyst')
            and 'search_path=pg_catalog, pg_temp' = any (p.proconfig)
    loop
        execute format('alter routine %s set search_path = ''''', v_routine);
    end loop;
end
$unpin$;
reset role;
