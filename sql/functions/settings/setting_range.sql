-- What a setting accepts, in words: "a whole number from 1 to 3650 (days)".
create or replace function learning.setting_range(p_name text)
returns text
language sql immutable parallel safe
begin atomic
    select case k.type
            when 'integer' then format('a whole number from %s to %s', k.smallest, k.largest)
            when 'number' then format('a number from %s to %s', k.smallest, k.largest)
            when 'choice' then array_to_string(k.choices, ' or ')
            when 'switch' then 'true or false'
        end || case when k.unit <> '' then format(' (%s)', k.unit) else '' end
    from learning.known_settings() as k
    where k.name = p_name;
end;
comment on function learning.setting_range(text) is
    'What a setting accepts, in words.';
