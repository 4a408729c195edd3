select to_jsonb(e)::text from {table} as e where {decision} is not null order by {position}
