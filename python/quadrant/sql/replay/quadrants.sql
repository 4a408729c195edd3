select episode_type, windows, acted_success, acted_failure, skipped_success, skipped_failure,
    policy_skips, neutral, pending
from analyst.quadrants
order by episode_type
