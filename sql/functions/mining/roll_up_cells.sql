-- Every slice with n >= p_floor of the cells given (an iceberg cube), up to p_max_dims conditions
-- (null: any number). A cell becomes a bit key with a field per dimension; one dimension after the
-- other, each row is added to the row without that field. 0 is "any": missing and rare values start
-- there, so they count in the roll-up and are never a condition. A dimension with one value for all
-- cells takes no part in it: slices with and without it are the same.
create or replace function learning.roll_up_cells(
    p_cells learning.slice_rates[], p_floor integer, p_max_dims integer
)
returns setof learning.slice_rates
language plpgsql stable
set search_path = '' set enable_sort = off set jit = off
as $$
declare
    v_sums constant text := 'sum(a_s)::integer as a_s, sum(a_f)::integer as a_f, '
        || 'sum(s_s)::integer as s_s, sum(s_f)::integer as s_f, '
        || 'sum(n_policy)::integer as n_policy, sum(weight)::bigint as weight, '
        || 'sum(n_sampled)::integer as n_sampled, sum(n_valued)::integer as n_valued, '
        || 'sum(roi_nanos)::bigint as roi_nanos, '
        || 'sum(success_weight)::bigint as success_weight';
    v_fields integer;
    v_constants jsonb[];
    v_sizes integer[];
    v_encode text;
    v_decode text;
    v_depth text;
    v_steps text;
begin
    with recursive dimension_values as materialized (
        select i.key as name, i.value, sum(c.n) as n, count(*) as cells
        from unnest(p_cells) as c
        cross join jsonb_each(c.scope_subset) as i
        group by i.key, i.value
    ),
    constants as (
        select row_number() over (order by v.name) as place,
            jsonb_build_object(v.name, v.value) as item
        from dimension_values as v
        where v.cells = cardinality(p_cells)
    ),
    copies as (
        select 0::bigint as place, '{}'::jsonb as scope, 0 as size
        union all
        select c.place, s.scope || c.item, s.size + 1
        from copies as s
        join constants as c on c.place > s.place
        where p_max_dims is null or s.size < p_max_dims
    ),
    frequent as (
        select v.name, v.value,
            row_number() over (partition by v.name order by v.value)::integer as digit
        from dimension_values as v
        where v.n >= p_floor and v.cells < cardinality(p_cells)
    ),
    fields as (
        select f.name, f.width,
            (sum(f.width) over w - f.width)::integer as shift,
            sum(f.width) over ()::integer as bits,
            row_number() over w as place
        from (
            select d.name, count(*) as cardinality, ceil(log(2, count(*) + 1))::integer as width
            from frequent as d
            group by d.name
        ) as f
        window w as (order by f.cardinality desc, f.name rows unbounded preceding)
    ),
    -- bigint keys while they fit, bit strings beyond: the operators are the same.
    codes as (
        select f.place, f.name, o.value,
            case when f.bits < 64 then (o.digit::bigint << f.shift)::text
                else (o.digit::bit(512) << f.shift)::text end as code
        from fields as f
        join frequent as o on o.name = f.name
    ),
    terms as (
        select f.place, f.name, t.key_type,
            quote_literal(t.zero) || t.key_type as zero,
            quote_literal(
                case when f.bits < 64 then (((1::bigint << f.width) - 1) << f.shift)::text
                    else (((1 << f.width) - 1)::bit(512) << f.shift)::text end
            ) || t.key_type as mask,
            jsonb_object_agg(c.value::text, c.code) as code_of,
            jsonb_object_agg(c.code, jsonb_build_object(c.name, c.value)) as item_of
        from fields as f
        join codes as c on c.place = f.place
        cross join lateral (
            select case when f.bits < 64 then '::bigint' else '::bit(512)' end as key_type,
                case when f.bits < 64 then '0' else repeat('0', 512) end as zero
        ) as t
        group by f.place, f.name, f.width, f.shift, f.bits, t.key_type, t.zero
    ),
    depths as (
        select t.*, string_agg(format('(k & %s <> %s)::integer', t.mask, t.zero), ' + ')
            over w as depth,
            string_agg(t.mask, ' | ') over w as rolled_up
        from terms as t
        window w as (order by t.place rows unbounded preceding)
    )
    select count(*),
        string_agg(format(
            'coalesce((%L::jsonb ->> (c.scope_subset -> %L)::text)%s, %s)',
            d.code_of, d.name, d.key_type, d.zero
        ), ' | '),
        string_agg(
            format(' || coalesce(%L::jsonb -> (k & %s)::text, ''{}'')', d.item_of, d.mask), ''
        ),
        max(d.depth) filter (where d.place = (select count(*) from terms)),
        string_agg(
            format(
                ', r%s as (select * from s%s where k & %s <> %s%s'
                    || ' union all select k & ~%s as k, %s from s%s group by 1)',
                d.place, d.place - 1, d.mask, d.zero,
                case when p_max_dims is not null
                    then format(' and %s <= %s', d.depth, p_max_dims) else '' end,
                d.mask, v_sums, d.place - 1
            )
            -- From the third dimension on, prune: what is rolled up so far has too few experiments.
            || format(
                case when d.place < 3 then ', s%1$s as (select * from r%1$s)'
                    else ', s%1$s as (select * from r%1$s where k & (%2$s) in (select k & (%2$s)'
                        || ' from r%1$s group by 1 having sum(a_s + a_f + s_s + s_f) >= $2))'
                end,
                d.place, d.rolled_up
            ),
            '' order by d.place
        ),
        (select array_agg(c.scope order by c.size, c.place) from copies as c),
        (select array_agg(c.size order by c.size, c.place) from copies as c)
    into v_fields, v_encode, v_decode, v_depth, v_steps, v_constants, v_sizes
    from depths as d;

    return query execute format($sql$
        with s0 as (
            select %s as k, %s
            from (
                select c.scope_subset, c.acted_success as a_s, c.acted_failure as a_f,
                    c.skipped_success as s_s, c.skipped_failure as s_f, c.n_policy, c.weight,
                    c.n_sampled, c.n_valued, c.roi_nanos, c.success_weight
                from unnest($1) as c
            ) as c
            group by 1
        ) %s,
        slices as (
            select %L::text as pattern_key, '{}'::jsonb %s as scope, %s as depth, s.*,
                s.a_s::bigint + s.a_f + s.s_s + s.s_f as n
            from s%s as s
            where s.a_s + s.a_f + s.s_s + s.s_f >= $2
        )
        select s.pattern_key, s.scope || x.scope, s.depth + x.size, s.a_s::bigint, s.a_f::bigint,
            s.s_s::bigint, s.s_f::bigint, s.n_policy::bigint, s.weight, s.n_sampled::bigint,
            s.n_valued::bigint, s.roi_nanos, s.n, s.success_weight
        from slices as s
        join unnest($3, $4) as x (scope, size) on $5 is null or s.depth + x.size <= $5
    $sql$,
        coalesce(v_encode, '0'), v_sums, coalesce(v_steps, ''), p_cells[1].pattern_key,
        coalesce(v_decode, ''), coalesce(v_depth, '0'), v_fields)
    using p_cells, p_floor, v_constants, v_sizes, p_max_dims;
end
$$;
comment on function learning.roll_up_cells(learning.slice_rates[], integer, integer) is
    'The iceberg cube of the cells: every slice with at least p_floor experiments.';
