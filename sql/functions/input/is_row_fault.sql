-- Is an error the fault of the row that was being read (a code of our own, bad data, a constraint,
-- a limit of the program)? Then the row is kept as a reject and the next one is read; anything else
-- (a deadlock, a lost lock, no memory) is the server's trouble and is raised.
create or replace function learning.is_row_fault(p_sqlstate text)
returns boolean
language sql immutable parallel safe
as $$
    select p_sqlstate ~ '^(QD|22|23|54)'
$$;
comment on function learning.is_row_fault(text) is
    'Whether an SQLSTATE says that a row is bad, and not the server in trouble.';
