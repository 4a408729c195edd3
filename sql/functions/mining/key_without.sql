-- A slice's key without the condition at a place (from 1): the key of one of its parents.
create or replace function learning.key_without(p_slice_key text, p_place integer)
returns text
language sql immutable parallel safe
begin atomic
    select left(p_slice_key, p_place - 1) || substr(p_slice_key, p_place + 1);
end;
comment on function learning.key_without(text, integer) is
    'The key of the slice with one condition less, that at a place.';
