"""What chance makes of analyst.n_min_study: outcomes dealt out anew between attempts, many times.

    QUADRANT_DSN=... python tests/bench/n_min_shuffles.py [shuffles]

Each attempt takes the share of successes of another one; everything else stays. Prints, per n_min,
the study's held_up, its mean and spread over the shuffles, and the share of shuffles that reach it.
Nothing is kept (each shuffle is rolled back).
"""

from __future__ import annotations

import os
import sys

import numpy as np
import psycopg

PATTERN = "pm.uptrend.S1.entry"
STUDY = "select n_min, held_up from learning.n_min_study(%s)"
SHUFFLE = """
    with attempts as (
        select e.attempt_id, avg((e.outcome = 'success')::integer) as share,
            row_number() over (order by e.attempt_id) as own,
            row_number() over (order by random()) as dealt
        from learning.pattern_episode_events as e
        where e.pattern_key = %s and e.outcome in ('success', 'failure')
        group by e.attempt_id
    )
    update learning.pattern_episode_events as e
    set outcome = case when random() < d.share then 'success' else 'failure' end
    from attempts as o
    join attempts as d on d.dealt = o.own
    where o.attempt_id = e.attempt_id
        and e.pattern_key = %s
        and e.outcome in ('success', 'failure')
"""


def main() -> None:
    shuffles = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with psycopg.connect(os.environ["QUADRANT_DSN"], autocommit=True) as connection:
        found = connection.execute(STUDY, (PATTERN,)).fetchall()
        drawn = []
        for shuffle in range(shuffles):
            with connection.transaction(force_rollback=True):
                connection.execute("select setseed(%s)", (shuffle / shuffles,))
                connection.execute(SHUFFLE, (PATTERN, PATTERN))
                drawn.append([row[1] for row in connection.execute(STUDY, (PATTERN,))])
    chance = np.array(drawn, dtype=float)
    print("| n_min | held up | by chance | spread | share of shuffles that reach it |")
    print("| --- | --- | --- | --- | --- |")
    for (n_min, held_up), draws in zip(found, chance.T, strict=True):
        reached = (1 + np.sum(draws >= held_up)) / (1 + shuffles)
        print(
            f"| {n_min} | {held_up:.3f} | {draws.mean():.3f} | {draws.std():.3f} | {reached:.2f} |"
        )


if __name__ == "__main__":
    main()
