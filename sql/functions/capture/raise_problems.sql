-- Raises the first problem of a row of a kind (learning.import_problems) under its own code, with
-- all of them in the detail; nothing where there is none.
create or replace function learning.raise_problems(p_kind text, p_row jsonb)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_all text;
    v_problem record;
begin
    for v_problem in
        select p.*, string_agg(format('%s %s', p.code, p.reason), '; ') over () as told,
            count(*) over () as problems
        from learning.import_problems(p_kind, p_row) with ordinality as p
        order by p.ordinality
    loop
        if v_problem.problems > 1 then
            v_all := format('%s problems: %s', v_problem.problems, v_problem.told);
        end if;
        raise exception using
            errcode = v_problem.code, message = v_problem.reason, hint = v_problem.hint,
            detail = coalesce(v_all, ''), column = v_problem.field;
    end loop;
end
$$;
comment on function learning.raise_problems(text, jsonb) is
    'Raises the first problem of an episode, trade or closed_trade, all of them in the detail.';
