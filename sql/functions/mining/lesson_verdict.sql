-- What a slice's counts ask for, as a label for people (the judge decides on its own): loosen where
-- MR > .60, tighten where FPR > .50, press where WR > .70, several of them mixed, none hold. In
-- whole numbers: more than .60 is more than 3 to 2.
create or replace function learning.lesson_verdict(
    p_acted_success integer, p_acted_failure integer, p_skipped_success integer,
    p_skipped_failure integer
)
returns text
language sql immutable parallel safe
as $$
    select case
        when 2 * p_skipped_success > 3 * p_skipped_failure then case
            when p_acted_failure > p_acted_success or 3 * p_acted_success > 7 * p_acted_failure
                then 'mixed'
            else 'loosen'
        end
        when p_acted_failure > p_acted_success then 'tighten'
        when 3 * p_acted_success > 7 * p_acted_failure then 'press'
        else 'hold'
    end
$$;
comment on function learning.lesson_verdict(integer, integer, integer, integer) is
    'The verdict of a slice''s counts: loosen, tighten, press, mixed or hold.';
