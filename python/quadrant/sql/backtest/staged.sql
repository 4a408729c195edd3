analyze pg_temp.staged_windows;
create index on pg_temp.staged_marks (marked_at);
analyze pg_temp.staged_marks
