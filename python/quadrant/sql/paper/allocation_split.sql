select timeframe, share::double precision from pm.allocation_split()
