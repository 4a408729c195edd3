"""What tests read out of the documentation."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def sql_blocks(text: str) -> list[str]:
    """The SQL examples of a page, in their order."""
    return re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
