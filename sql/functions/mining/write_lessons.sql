-- The lessons of a pattern from its slice rates (write_tuning_lessons) and, where it has a ladder,
-- from its ladder cycles (write_ladder_lessons). Returns {"lessons", "lessons_changed", "retired"}
-- of both.
create or replace function learning.write_lessons(
    p_pattern_key text, p_n_min integer, p_as_of timestamptz, p_run_id bigint, p_mining bigint,
    p_anew boolean
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_tuning jsonb := learning.write_tuning_lessons(
        p_pattern_key, p_n_min, p_as_of, p_run_id, p_mining, p_anew
    );
    v_ladder jsonb;
begin
    if not exists (
        select from learning.gates as g
        where g.pattern_key = p_pattern_key and g.action_category = 'tuning_dx_atr_mult'
    ) then
        return v_tuning;
    end if;
    v_ladder := learning.write_ladder_lessons(p_pattern_key, p_n_min, p_as_of, p_run_id);
    return (
        select jsonb_object_agg(t.key, t.value::bigint + (v_ladder ->> t.key)::bigint)
        from jsonb_each_text(v_tuning) as t
    );
end
$$;
comment on function learning.write_lessons(text, integer, timestamptz, bigint, bigint, boolean) is
    'Writes and retires the tuning and ladder lessons of a pattern; returns counts.';
