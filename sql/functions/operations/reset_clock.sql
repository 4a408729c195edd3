-- Gives learning.clock() back to the server's own clock. Only the owner may: QD010.
create or replace function learning.reset_clock()
returns timestamptz
language sql volatile
as $$
    select learning.set_clock(null)
$$;
comment on function learning.reset_clock() is
    'Lets the learning clock follow the server''s again; QD010 unless the caller is the owner.';
