select pg_advisory_unlock(hashtext('quadrant'), hashtext('quadrant.replay'))
