-- The messages with these ids; null: all. Two branches: see windows_of_attempts.
create or replace function learning.some_strands(p_ids bigint[])
returns setof learning.ad_strands
language sql stable
as $$
    select s.* from learning.ad_strands as s where p_ids is null
    union all
    select s.* from learning.ad_strands as s where s.id = any (p_ids)
$$;
comment on function learning.some_strands(bigint[]) is 'The messages with these ids, or all.';
