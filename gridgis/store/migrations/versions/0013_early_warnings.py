"""Keep early warnings: what the numbers suggest, and what people made of it."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver reads % as a parameter.
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))
