select pg_advisory_lock(hashtextextended('quadrant migrate', 0));
