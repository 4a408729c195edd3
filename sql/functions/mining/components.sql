-- Connected components of the nodes 1..p_nodes under undirected edges: for each node the smallest
-- node of its component (union-find with path halving).
create or replace function learning.components(
    p_nodes integer, p_from integer[], p_to integer[]
)
returns integer[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    v_root integer[] := array(select n from pg_catalog.generate_series(1, p_nodes) as n);
    v_a integer;
    v_b integer;
begin
    for v_edge in 1 .. coalesce(cardinality(p_from), 0) loop
        v_a := p_from[v_edge];
        while v_root[v_a] <> v_a loop
            v_root[v_a] := v_root[v_root[v_a]];
            v_a := v_root[v_a];
        end loop;
        v_b := p_to[v_edge];
        while v_root[v_b] <> v_b loop
            v_root[v_b] := v_root[v_root[v_b]];
            v_b := v_root[v_b];
        end loop;
        v_root[greatest(v_a, v_b)] := least(v_a, v_b);
    end loop;
    -- A root is never larger than its node: one pass in order reaches every root.
    for v_node in 1 .. p_nodes loop
        v_root[v_node] := v_root[v_root[v_node]];
    end loop;
    return v_root;
end
$$;
comment on function learning.components(integer, integer[], integer[]) is
    'Labels the nodes 1..n with the smallest node of their connected component.';
