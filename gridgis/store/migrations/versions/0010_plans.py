"""Let plans be made, approved and published, and let editions say what became of each area."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver reads % as a parameter.
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))
