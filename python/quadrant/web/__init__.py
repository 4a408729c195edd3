"""The report as a page that follows the database. Needs the extra `quadrant[web]`."""

from quadrant.web.app import make_app
from quadrant.web.mirror import Mirror

__all__ = ["Mirror", "make_app"]
