-- What a process that stands still has locked is free again after as long as a lease lasts.
set idle_in_transaction_session_timeout = '60s'
