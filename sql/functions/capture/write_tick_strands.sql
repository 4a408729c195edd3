-- Writes strands of a tick, each once: the summaries of ended episodes (learning.episode_summaries)
-- and those that are told. Returns how many were new.
create or replace function learning.write_tick_strands(p_endings jsonb, p_strands jsonb)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_summaries bigint := 0;
    v_told bigint := 0;
begin
    if p_endings <> '[]' then
        insert into learning.ad_strands (
            kind, position_id, episode_id, content, happened_at, strand_key
        )
        select 'uptrend_episode_summary', s.position_id, s.episode_id, s.content,
            to_timestamp(s.ended_ms / 1000.0), 'uptrend_episode_summary:' || s.episode_id
        from learning.episode_summaries(p_endings) as s
        on conflict on constraint a_strand_is_told_once do nothing;
        get diagnostics v_summaries = row_count;
    end if;

    if p_strands <> '[]' then
        insert into learning.ad_strands (
            kind, position_id, episode_id, trade_id, content, happened_at, strand_key
        )
        select w.kind, w.position_id, w.episode_id, w.trade_id, coalesce(w.content, '{}'),
            to_timestamp(w.happened_ms / 1000.0), w.strand_key
        from jsonb_to_recordset(p_strands) as w (
            kind text, position_id bigint, episode_id text, trade_id text, content jsonb,
            happened_ms bigint, strand_key text
        )
        on conflict on constraint a_strand_is_told_once do nothing;
        get diagnostics v_told = row_count;
    end if;
    return v_summaries + v_told;
end
$$;
comment on function learning.write_tick_strands(jsonb, jsonb) is
    'Writes the summaries of ended episodes and the strands of a tick, each once; returns how many.';
