-- Where a row of a kind has several problems (learning.problems_of): raises the first under its
-- own code, with all of them in the detail. Nothing where it has one: what found that says it.
create or replace function learning.raise_problems(p_kind text, p_row jsonb)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_problem record;
begin
    select p.*, string_agg(format('%s %s', p.code, p.reason), '; ') over () as told,
        count(*) over () as problems
    into v_problem
    from learning.problems_of(p_kind, p_row) with ordinality as p
    order by p.ordinality
    limit 1;
    if v_problem.problems > 1 then
        raise exception using
            errcode = v_problem.code, message = v_problem.reason, hint = v_problem.hint,
            detail = format('%s problems: %s', v_problem.problems, v_problem.told),
            column = v_problem.field;
    end if;
end
$$;
comment on function learning.raise_problems(text, jsonb) is
    'Raises the first of several problems of an episode, trade or closed_trade, all of them in the detail.';
