-- The reason (QD040) why a row of a kind, episode or trade, cannot be stored: its name stands for
-- another one.
create or replace function learning.import_conflict(p_kind text)
returns text
language sql immutable parallel safe
as $$
    select case p_kind
        when 'episode' then 'the window is recorded already, of another pattern'
        else 'this action of the trade is recorded already, with other content'
    end
$$;
comment on function learning.import_conflict(text) is
    'What QD040 says of an episode or a trade action.';
