select 'what was notified comes with any answer'
