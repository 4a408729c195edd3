-- The ROI of an imported row (a fraction) from its text; null when empty. QD046 beyond 10,000
-- (1,000,000 %): its unit is another, and sums of such values would not be exact. Else as
-- learning.import_finite.
create or replace function learning.import_roi(p_value text)
returns double precision
language plpgsql immutable parallel safe strict
set search_path = pg_catalog, pg_temp
as $$
declare
    v_roi double precision := learning.import_finite(p_value, 'roi');
begin
    if abs(v_roi) > 10000 then
        raise exception using
            errcode = 'QD046',
            message = format('roi is out of range: %s', v_roi),
            hint = 'ROI is a fraction, 0.05 for 5 %: 10000 at most.';
    end if;
    return v_roi;
end
$$;
comment on function learning.import_roi(text) is
    'The ROI of an imported row as a fraction, or null; QD005, QD014 and QD046 for anything else.';
