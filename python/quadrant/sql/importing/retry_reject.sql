select r.written, r.code, r.reason from learning.retry_reject(%(id)s) as r
