-- Adds what came to the stored slices of a pattern and takes away what left. Of few changes in few
-- slices each is held against every slice (merge_few_changes), else they are rolled up
-- (roll_up_changes): the same either way. What changed but counts the same marks its slices too.
-- Returns how many stored slices changed.
create or replace function learning.merge_changes(
    p_pattern_key text, p_gone learning.mining_contributions[],
    p_came learning.mining_contributions[], p_mining bigint
)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_changes integer := coalesce(cardinality(p_gone), 0) + coalesce(cardinality(p_came), 0);
    v_few_pairs integer := (select m.few_pairs from learning.mining_limits() as m);
begin
    if exists (
        select from learning.slice_rates as r
        where r.pattern_key = p_pattern_key
        offset v_few_pairs / greatest(v_changes, 1)
    ) then
        return learning.roll_up_changes(p_pattern_key, p_gone, p_came, p_mining);
    end if;
    return learning.merge_few_changes(p_pattern_key, p_gone, p_came, p_mining);
end
$$;
comment on function learning.merge_changes(
    text, learning.mining_contributions[], learning.mining_contributions[], bigint
) is 'Merges contributions that left and came into the stored slices; returns how many changed.';
