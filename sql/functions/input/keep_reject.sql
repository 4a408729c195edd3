-- Keeps a bad input with its reason; the same one from the same source stays one row, with the
-- newest reason and time. Returns its id.
create or replace function learning.keep_reject(
    p_kind text, p_source text, p_payload jsonb, p_sqlstate text, p_reason text
)
returns bigint
language sql volatile
as $$
    insert into learning.episode_rejects as j (kind, source, payload, sqlstate, reason)
    values (p_kind, p_source, p_payload, p_sqlstate, p_reason)
    on conflict (source, md5(payload::text)) do update
    set kind = excluded.kind, sqlstate = excluded.sqlstate, reason = excluded.reason,
        rejected_at = excluded.rejected_at
    returning j.id
$$;
comment on function learning.keep_reject(text, text, jsonb, text, text) is
    'Keeps a bad input in episode_rejects, once per source; returns its id.';
