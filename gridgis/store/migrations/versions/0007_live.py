"""Let responders live: positions that others hear of, their history, status, duty exceptions."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver reads % as a parameter.
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))
