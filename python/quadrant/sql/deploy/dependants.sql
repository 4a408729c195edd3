with recursive dependants (classid, objid) as (
    select
        case when %(routine)s then 'pg_catalog.pg_proc'::regclass else 'pg_catalog.pg_class'::regclass end::oid,
        %(oid)s::oid
    union
    -- A view hangs on things through its rule: go on with the view itself.
    select
        case when r.oid is null then d.classid else 'pg_catalog.pg_class'::regclass end,
        coalesce(r.ev_class, d.objid)
    from dependants as x
    inner join pg_catalog.pg_depend as d on d.refclassid = x.classid and d.refobjid = x.objid
    left join pg_catalog.pg_rewrite as r
        on d.classid = 'pg_catalog.pg_rewrite'::regclass and r.oid = d.objid
)
-- A trigger on a table of ours stands for the function it calls, whose file makes it.
select distinct
    p.oid is not null as is_routine,
    coalesce(np.nspname, nc.nspname) as schema_name,
    coalesce(p.proname, c.relname) as object_name,
    pg_catalog.pg_describe_object(x.classid, x.objid, 0) as description
from dependants as x
left join pg_catalog.pg_trigger as g
    on x.classid = 'pg_catalog.pg_trigger'::regclass and g.oid = x.objid
left join pg_catalog.pg_class as gc on gc.oid = g.tgrelid
left join pg_catalog.pg_proc as gp on gp.oid = g.tgfoid and gp.pronamespace = gc.relnamespace
left join pg_catalog.pg_proc as p
    on p.oid = case when x.classid = 'pg_catalog.pg_proc'::regclass then x.objid else gp.oid end
left join pg_catalog.pg_namespace as np on np.oid = p.pronamespace
left join pg_catalog.pg_class as c on x.classid = 'pg_catalog.pg_class'::regclass and c.oid = x.objid
left join pg_catalog.pg_namespace as nc on nc.oid = c.relnamespace
left join pg_catalog.pg_index as i on i.indexrelid = c.oid
left join pg_catalog.pg_type as t on x.classid = 'pg_catalog.pg_type'::regclass and t.oid = x.objid
left join pg_catalog.pg_type as e on e.oid = t.typelem
where x.objid <> %(oid)s::oid
    -- What belongs to a view and goes with it: its row type, its indexes, its TOAST table.
    and coalesce(nullif(t.typrelid, 0), e.typrelid, 0) not in (select objid from dependants)
    and coalesce(i.indrelid, 0) not in (select objid from dependants)
    and coalesce(c.relkind <> 't', true)
order by description;
