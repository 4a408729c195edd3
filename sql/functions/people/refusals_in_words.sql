-- What would take a solution out of force, or keep it out: sentences, in order of importance.
create or replace function learning.refusals_in_words(p_solution_id bigint)
returns setof text
language sql stable
as $$
    select r.sentence
    from learning.solutions as s
    cross join lateral learning.judging_thresholds(s.depth) as h
    cross join lateral (
        values
            (s.pinned, 'it is pinned: nothing the judge finds ends it, only a person does'),
            (s.status = 'active' and not s.pinned and s.approved_by is not null, format(
                'approved by %s, it stays while z is at least %s and money is not against it',
                s.approved_by, h.keep_z
            )),
            (s.status = 'active' and not s.pinned and s.approved_by is null, format(
                'it ends when z falls below %s, E below %s or its money turns against it, unless '
                'its own record is %s to 1 for it', h.off_z, h.off_evidence, h.kept_record
            )),
            (s.status = 'active' and not s.pinned, format(
                'it is suspended when its record is %s to 1 against it, or when %s or more setups '
                'since then lost money (z of %s or less)', h.against_record, h.fewest_changed,
                h.turned_money_z
            )),
            (s.status = 'active' and not s.pinned,
                'another change of this slice takes its place when it passes the tests and surely '
                'earns more'),
            (s.status = 'proposed' and h.may_act, format(
                'it comes into force when z reaches %s, E %s and z of its money %s%s',
                h.on_z, h.on_evidence, h.on_money_z, case
                    when not learning.setting(s.pattern_key, 'auto_apply')::boolean
                        then ', and a person approves it (auto_apply is off)' else '' end
            )),
            (s.status = 'proposed' and not h.may_act, format(
                'slices of %s conditions do not come into force by such evidence', s.depth
            )),
            (s.status = 'proposed', format(
                'it comes into force too when its own record is %s to 1 for it, or a person '
                'approves it', h.on_record
            )),
            (s.status = 'proposed', format(
                'it ends when z falls below %s, or its record is %s to 1 against it', h.keep_z,
                h.against_record
            )),
            (s.status = 'suspended',
                'it comes back when its own record is sound again, or a person pins it'),
            (s.status = 'dismissed',
                'a person dismissed it: it is not proposed again'),
            (s.status = 'ended', 'it has ended' || coalesce(': ' || nullif(s.reason, ''), ''))
    ) as r (applies, sentence)
    where s.id = p_solution_id and r.applies
$$;
comment on function learning.refusals_in_words(bigint) is
    'What would take a solution out of force, or keep it out, in sentences.';
