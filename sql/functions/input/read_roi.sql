-- The ROI of a row (a fraction), from its fields roi and roi_is_checked; null when absent. QD018
-- where it is probably in another unit (below -1, above 10), unless roi_is_checked; QD046 below -2
-- and beyond 10,000 (1,000,000 %) in any case: sums of such values would not be exact. Else as
-- learning.read_number and learning.read_flag.
create or replace function learning.read_roi(p_row jsonb)
returns double precision
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    v_roi double precision := learning.read_number(p_row -> 'roi', 'roi');
    v_is_checked boolean := learning.read_flag(p_row -> 'roi_is_checked', 'roi_is_checked');
begin
    if v_roi > 10000 or v_roi < -2 then
        raise exception using
            errcode = 'QD046',
            message = format('roi is out of range: %s', v_roi),
            hint = 'ROI is a fraction, 0.05 for 5 %: -2 at least, 10000 at most.',
            column = 'roi';
    end if;
    if (v_roi > 10 or v_roi < -1) and not v_is_checked then
        raise exception using
            errcode = 'QD018',
            message = format('roi is %s, which is %s %%', v_roi, v_roi::numeric * 100),
            hint = 'ROI is a fraction, 0.05 for 5 %. Where percents were meant, divide by 100 (an '
                || 'import: --roi-unit percent). Where it is right (a large win, a loss of '
                || 'everything and the fees), say "roi_is_checked": true.',
            column = 'roi';
    end if;
    return v_roi;
end
$$;
comment on function learning.read_roi(jsonb) is
    'The ROI of a row as a fraction, or null; QD005, QD014, QD018 and QD046 for anything else.';
