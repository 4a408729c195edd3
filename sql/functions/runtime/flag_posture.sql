-- Posture from the flags of the market (A/E v2): A = E = 0.5, every flag that is up adds its effect
-- to A and takes it from E (learning.flag_effects), within 0..1. With the switch ae_v2_enabled off
-- the caller's own A and E are answered. Each computation tells a line beginning AE_V2: at DEBUG
-- (client_min_messages). QD060 for flags that cannot be read, QD006 and QD046 for A or E.
create or replace function pm.flag_posture(
    p_flags jsonb, p_a double precision default 0.5, p_e double precision default 0.5
)
returns table (a_flags double precision, e_flags double precision)
language plpgsql stable parallel safe security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
    v_flags jsonb := learning.require_flags(p_flags);
    v_is_on boolean := (
        select learning.switch_in(c.config_data -> 'feature_flags', 'ae_v2_enabled')
        from (select) as always
        left join learning.learning_configs as c on c.module_id = 'pm'
    );
    v_moved numeric;
begin
    a_flags := learning.require_share(p_a, 'A');
    e_flags := learning.require_share(p_e, 'E');
    if v_is_on then
        select coalesce(sum(f.effect), 0) into v_moved
        from learning.flag_effects() as f
        where v_flags -> f.driver -> f.flag = 'true';
        a_flags := greatest(0, least(1, 0.5 + v_moved));
        e_flags := greatest(0, least(1, 0.5 - v_moved));
    end if;
    raise debug 'AE_V2: % A % E % flags %',
        case when v_is_on then 'on' else 'off' end, a_flags, e_flags, v_flags;
    return next;
end
$$;
comment on function pm.flag_posture(jsonb, double precision, double precision) is
    'A and E (0..1) from the flags of the market; the caller''s own where ae_v2_enabled is off.';
