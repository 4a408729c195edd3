-- What reading each setting takes, {name: row of the registry}, without what is null: module_id,
-- name, path, type, default_value, per, is_state, rule. Immutable and without arguments, so that a
-- query that asks has it as a constant, worked out when it is planned.
create or replace function learning.settings_by_name()
returns jsonb
language sql immutable parallel safe
as $$
    select jsonb_object_agg(s.name, jsonb_strip_nulls(jsonb_build_object(
        'module_id', s.module_id, 'name', s.name, 'path', s.path, 'type', s.type,
        'default_value', s.default_value, 'per', s.per, 'is_state', s.is_state, 'rule', s.rule
    )))
    from learning.known_settings() as s
$$;
comment on function learning.settings_by_name() is
    'The registry of settings as an object, as far as reading one takes it.';
