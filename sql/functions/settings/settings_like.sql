-- A hint for a name that is no setting: those there are, the most alike first.
create or replace function learning.settings_like(p_name text)
returns text
language sql immutable parallel safe
as $$
    select 'Known are: ' || string_agg(
        k.name, ', ' order by learning.likeness(k.name, p_name) desc, k.ordinal
    )
    from learning.known_settings() as k
    where not k.is_state
$$;
comment on function learning.settings_like(text) is
    'A hint: the names of settings, the most alike first.';
