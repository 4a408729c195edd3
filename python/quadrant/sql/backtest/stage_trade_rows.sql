copy pg_temp.staged_trades from stdin
