copy pg_temp.staged_windows from stdin
