copy pg_temp.staged_marks from stdin
