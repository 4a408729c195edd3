-- Imports a batch (an array of rows as learning.import_episode takes them). The batch goes in as
-- one statement; where a row of it fails, row by row, and the bad ones are kept in episode_rejects
-- under p_source. Returns {"read", "new", "completed", "already_there", "rejected", "reasons":
-- [{"reason", "sqlstate"}]}.
create or replace function learning.import_episodes(p_rows jsonb, p_source text)
returns jsonb
language plpgsql volatile
set search_path = ''
as $$
declare
    v_results text[];
    v_reasons jsonb := '[]';
    v_row jsonb;
begin
    begin
        v_results := array(
            select learning.import_episode(r.item) from jsonb_array_elements(p_rows) as r (item)
        );
    exception
        when others then
            v_results := null;
    end;
    if v_results is null then
        for v_row in select r.item from jsonb_array_elements(p_rows) as r (item) loop
            begin
                v_results := v_results || learning.import_episode(v_row);
            exception
                when others then
                    insert into learning.episode_rejects (source, payload, reason, sqlstate)
                    values (p_source, v_row, sqlerrm, sqlstate)
                    on conflict do nothing;
                    v_reasons := v_reasons
                        || jsonb_build_object('reason', sqlerrm, 'sqlstate', sqlstate);
            end;
        end loop;
    end if;
    return jsonb_build_object(
        'read', jsonb_array_length(p_rows),
        'new', coalesce(cardinality(array_positions(v_results, 'new')), 0),
        'completed', coalesce(cardinality(array_positions(v_results, 'completed')), 0),
        'already_there', coalesce(cardinality(array_positions(v_results, 'already there')), 0),
        'rejected', jsonb_array_length(v_reasons),
        'reasons', v_reasons
    );
end
$$;
comment on function learning.import_episodes(jsonb, text) is
    'Imports an array of episodes; bad rows go to episode_rejects and the rest goes on. Returns counts.';
