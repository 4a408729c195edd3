-- Writes the tick states of positions of a feed whose version is the expected one (array of
-- position_id, version, state, last_bar_ms; without a state only the newest bar moves). Locks them
-- by id. Returns how many were written. Raises QD008 where any was ticked by somebody else
-- meanwhile.
create or replace function learning.write_tick_states(p_feed text, p_states jsonb)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_written bigint;
begin
    perform t.position_id
    from learning.tick_states as t
    where t.position_id in (
        select w.position_id from jsonb_to_recordset(p_states) as w (position_id bigint)
    )
    order by t.position_id
    for update;

    update learning.tick_states as t
    set state = coalesce(w.state, t.state),
        last_bar_ts = to_timestamp(w.last_bar_ms / 1000.0),
        version = t.version + 1
    from jsonb_to_recordset(p_states) as w (
        position_id bigint, version bigint, state jsonb, last_bar_ms bigint
    )
    where w.position_id = t.position_id and w.version = t.version and t.feed = p_feed;
    get diagnostics v_written = row_count;
    if v_written <> jsonb_array_length(p_states) then
        raise exception using
            errcode = 'QD008',
            message = format(
                '%s of %s positions were ticked by somebody else meanwhile',
                jsonb_array_length(p_states) - v_written, jsonb_array_length(p_states)
            ),
            hint = 'Nothing was written. Enroll the positions again, go on from their state.';
    end if;
    return v_written;
end
$$;
comment on function learning.write_tick_states(text, jsonb) is
    'Writes the tick states of a feed, each at the expected version; QD008 otherwise.';
