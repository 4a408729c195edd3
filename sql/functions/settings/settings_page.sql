-- docs/settings.md: the registry of settings as a page of Markdown.
create or replace function learning.settings_page()
returns text
language sql stable
as $$
    select concat_ws(
        e'\n',
        '# Settings',
        '',
        '<!-- Written from the registry: quadrant psql -Atc "select learning.settings_page()" > docs/settings.md -->',
        '',
        '`quadrant config list` shows what is in force, `quadrant config set NAME VALUE` (or in SQL',
        '`learning.set_setting(name, value, pattern_key, gate)`) changes it from the next read on,',
        '`unset` gives the default back, `history` tells who changed what. What the registry does',
        'not know or accept is refused: QD080 unknown, QD081 type, QD082 range, QD083 pattern or',
        'gate. A value that became invalid by an upgrade is passed over, with a line in the log and',
        'a warning of `quadrant doctor`, until it is set again.',
        '',
        '| setting | default | accepts | per | meaning | read by |',
        '| --- | --- | --- | --- | --- | --- |',
        string_agg(format(
            '| `%s` | %s | %s | %s | %s | %s |',
            k.name,
            coalesce(k.default_value #>> '{}', 'not set'),
            learning.setting_range(k.name),
            case k.per when 'pattern' then 'pattern' when 'gate' then 'pattern, gate' else '' end,
            k.meaning,
            k.read_by
        ), e'\n' order by k.ordinal),
        '',
        'A new setting is a new row of `learning.known_settings()`. Beside the settings',
        '`learning_configs` holds state that the system writes:',
        (
            select string_agg(format('`%s.%s`', s.module_id, s.name), ', ' order by s.ordinal)
            from learning.known_settings() as s
            where s.is_state
        ) || '.',
        'Its shape is checked (QD084), and it has no history.'
    )
    from learning.known_settings() as k
    where not k.is_state
$$;
comment on function learning.settings_page() is
    'The page docs/settings.md, written from the registry.';
