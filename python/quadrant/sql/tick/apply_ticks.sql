select pm.apply_ticks(
    %(feed)s, %(epoch)s, %(watermarks)s, %(positions)s, %(states)s, %(windows)s, %(results)s,
    %(endings)s, %(strands)s
)
