"""Tables that can only be added to: the database itself refuses to change or delete a line."""

from __future__ import annotations

from alembic import op

__all__ = ["append_only"]

_FUNCTION = """
CREATE OR REPLACE FUNCTION joulebook_only_added() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN RAISE EXCEPTION '% can only be added to', TG_TABLE_NAME; END
$body$
"""


def append_only(*tables: str) -> None:
    """Protect tables, within a migration.

    Parameters
    ----------
    *tables : str
        Their names.
    """
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(_FUNCTION)
    for table in tables:
        if postgresql:
            op.execute(
                f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION joulebook_only_added()"
            )
            continue
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} can only be added to'); END"
            )
