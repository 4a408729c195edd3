-- Keeps what a bot sent to a feed and no tick could take, with code and reason: as JSON, or as a
-- text where it is none the database can keep. The same again stays one row. Returns its id.
-- QD006 for a missing argument.
create or replace function pm.keep_rejected_bar(
    p_feed text, p_message text, p_code text, p_reason text
)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payload jsonb;
begin
    perform learning.require_name(p_feed, 'p_feed'), learning.require_name(p_code, 'p_code');
    if p_message is null or p_reason is null then
        raise exception using
            errcode = 'QD006', message = 'p_message or p_reason is missing',
            hint = 'The line that was sent, and why no tick could take it.';
    end if;
    begin
        v_payload := p_message;
    exception
        when data_exception or program_limit_exceeded then
            v_payload := to_jsonb(p_message);
    end;
    return learning.keep_reject('bar', 'tick ' || p_feed, v_payload, p_code, p_reason);
end
$$;
comment on function pm.keep_rejected_bar(text, text, text, text) is
    'Keeps a bar that a feed could not take in episode_rejects, once; returns its id.';
