-- A ROI as people read it: 0.083 is "+8.3 %".
create or replace function analyst.signed_percent(p_roi double precision)
returns text
language sql immutable parallel safe
return to_char(round(100 * p_roi::numeric, 1), 'FMSG999999990.0') || ' %';
comment on function analyst.signed_percent(double precision) is
    'A ROI (a fraction) as people read it: +8.3 %.';
