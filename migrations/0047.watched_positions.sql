set role quadrant_owner;

-- Whether a position may be traded is part of what tickers keep.
create trigger notify_controls
    after update of status on learning.lowcap_positions
    for each row when (
        (old.status in ('watchlist', 'active')) <> (new.status in ('watchlist', 'active'))
    )
    execute function learning.notify_controls();
reset role;
