select pm.apply_ticks(
    %(feed)s, %(watermarks)s, %(positions)s, %(states)s, %(windows)s, %(strands)s
)
