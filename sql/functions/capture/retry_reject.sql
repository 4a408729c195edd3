-- Tries a reject again: where it passes now it is stored and the reject is gone, both or neither;
-- else the reject keeps its newest reason. Returns written (new, completed, already there,
-- rejected) and for rejects SQLSTATE and reason. A bar stays as it is: only its bot can send it
-- again. QD045 where there is no such reject.
create or replace function learning.retry_reject(p_id bigint)
returns table (written text, code text, reason text)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_reject learning.episode_rejects;
begin
    select j.* into v_reject from learning.episode_rejects as j where j.id = p_id for update;
    if not found then
        raise exception using
            errcode = 'QD045',
            message = format('there is no reject %s', p_id),
            hint = 'quadrant rejects list shows them; one that passed is gone.';
    end if;
    if v_reject.kind = 'bar' then
        written := 'rejected';
        code := v_reject.sqlstate;
        reason := v_reject.reason;
        return next;
        return;
    end if;
    begin
        select r.written into written
        from learning.import_row(v_reject.kind, v_reject.payload) as r;
        delete from learning.episode_rejects as j where j.id = p_id;
    exception
        when others then
            if not learning.is_row_fault(sqlstate) then
                raise;
            end if;
            written := 'rejected';
            code := sqlstate;
            reason := learning.reason_of(v_reject.kind, v_reject.payload, sqlerrm);
            update learning.episode_rejects as j
            set sqlstate = code, reason = retry_reject.reason
            where j.id = p_id and (j.sqlstate, j.reason) <> (code, retry_reject.reason);
    end;
    return next;
end
$$;
comment on function learning.retry_reject(bigint) is
    'Stores a reject that passes now and removes it, or keeps it with its newest reason; says which.';
