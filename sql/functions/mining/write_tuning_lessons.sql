-- Turns the slices of a pattern with n >= p_n_min into lessons (tuning_rates): typed rows, whose
-- stats are worked out from the slices when they are read. A lesson is written where its slice's
-- experiments changed in mining p_mining (p_all: in any, and keys may have changed), where it is
-- missing (write_due_lessons), or where its latent factor changed (write_latent_factors); retired
-- where its slice no longer qualifies. Logs lessons that are new, retired or of another verdict.
-- Returns {"lessons", "lessons_changed", "retired"}.
create or replace function learning.write_tuning_lessons(
    p_pattern_key text, p_n_min integer, p_as_of timestamptz, p_run_id bigint, p_mining bigint,
    p_all boolean
)
returns jsonb
language plpgsql volatile
set search_path = '' set enable_nestloop = off set enable_memoize = off set jit = off
set work_mem = '64MB'
as $$
declare
    v_lessons bigint;
    v_retired bigint;
    v_written bigint[];
    v_factors bigint[];
    v_is_due boolean;
begin
    perform learning.key_lessons(p_pattern_key, p_all);
    with retired as (
        update learning.lessons as l
        set status = 'retired', run_id = p_run_id, updated_at = p_as_of
        where l.pattern_key = p_pattern_key
            and l.lesson_type = 'tuning_rates'
            and l.action_category = 'tuning'
            and l.status = 'active'
            and not exists (
                select from learning.slice_rates as r
                where r.pattern_key = p_pattern_key
                    and r.slice_key = l.slice_key
                    and r.n >= p_n_min
            )
        returning l.scope_subset, l.n
    ),
    logged as (
        insert into learning.learning_log (run_id, level, event, data)
        select p_run_id, 'INFO', 'TuningMiner lesson retired', jsonb_build_object(
            'pattern_key', p_pattern_key, 'scope_subset', r.scope_subset, 'n', r.n
        )
        from retired as r
    )
    select count(*) into v_retired from retired as r;

    select count(*), bool_or(
        r.evidence = p_mining or l.status is distinct from 'active'
    ) or p_all or v_retired > 0
    into v_lessons, v_is_due
    from learning.slice_rates as r
    left join learning.lessons as l
        on l.pattern_key = p_pattern_key and l.slice_key = r.slice_key
    where r.pattern_key = p_pattern_key and r.n >= p_n_min;
    if v_is_due then
        v_written := learning.write_due_lessons(
            p_pattern_key, p_n_min, p_as_of, p_run_id, p_mining, p_all
        );
        v_factors := learning.write_latent_factors(p_pattern_key, p_n_min, p_as_of, p_run_id);
    end if;
    return jsonb_build_object(
        'lessons', v_lessons,
        'lessons_changed', coalesce(cardinality(v_written), 0) + (
            select count(*)
            from (select f.id from unnest(v_factors) as f (id)
                except select w.id from unnest(v_written) as w (id) where v_factors is not null
            ) as f
        ),
        'retired', v_retired
    );
end
$$;
comment on function
    learning.write_tuning_lessons(text, integer, timestamptz, bigint, bigint, boolean) is
    'Turns a pattern''s slice rates into lessons, touching only what changed; returns counts.';
