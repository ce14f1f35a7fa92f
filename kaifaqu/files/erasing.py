"""Erasing: what was emptied in the rows goes out of the files that held it, those of the database and those of the store."""

from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.db.models.functions import Length

from kaifaqu.files import store
from kaifaqu.files.models import Attachment
from kaifaqu.kernel.records import Record, registers

PATIENCE = 500  # milliseconds: a page is waiting
# Other sessions that still see rows as they were before the last change, or may: those of another role do not show it.
EARLIER = """SELECT COUNT(*) FROM pg_stat_activity WHERE pid <> PG_BACKEND_PID() AND (
AGE(backend_xmin) > 0 AND COALESCE(datname, CURRENT_DATABASE()) = CURRENT_DATABASE()
OR query = '<insufficient privilege>' AND datname = CURRENT_DATABASE())"""


def scrub_database(*erased: type[Record]) -> bool:
    """Drive erased values of the registers, by default of all, out of the database's files; tell whether it was possible now.

    SQLite overwrites free pages at once (secure_delete, in the settings), and its log is emptied here; PostgreSQL writes
    the tables anew. Neither can while somebody else reads what was before.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            cursor.execute(f"PRAGMA busy_timeout = {1000 * connection.settings_dict['OPTIONS'].get('timeout', 5)}")
            return not busy
        cursor.execute(EARLIER)
        if cursor.fetchone()[0]:
            return False
        cursor.execute(f"SET lock_timeout = {PATIENCE}")
        try:
            for register in erased or registers().values():
                if any(hasattr(column, "personal") for column in register._meta.concrete_fields):
                    for table in (register._meta.db_table, register.Version._meta.db_table):
                        cursor.execute(f"VACUUM FULL {connection.ops.quote_name(table)}")
        except OperationalError:  # somebody holds the table
            return False
        finally:
            cursor.execute("RESET lock_timeout")
    return True


def scrub_store(*erased: type[Record]) -> bool:
    """Remove each stored file of which all attachments were erased; tell whether none is left."""
    gone = True
    if not erased or Attachment in erased:
        kept = named().values("sha256")
        for sha256 in Attachment.Version.objects.exclude(sha256__in=kept).values_list("sha256", flat=True).distinct():
            gone = store.remove(sha256) and gone
    return gone


def named() -> QuerySet:
    """Return the versions of attachments whose files are in the store: all but those of erased ones."""
    return Attachment.Version.objects.alias(told=Length("name")).filter(told__gt=0)
