select kind, data, chain, first_used_at, replayed_to from analyst.world
