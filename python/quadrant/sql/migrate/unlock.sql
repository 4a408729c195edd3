select pg_advisory_unlock(hashtextextended('quadrant migrate', 0));
