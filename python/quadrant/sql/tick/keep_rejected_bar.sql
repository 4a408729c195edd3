select pm.keep_rejected_bar(%(feed)s, %(message)s, %(code)s, %(reason)s)
