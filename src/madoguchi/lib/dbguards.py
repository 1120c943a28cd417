"""Guards in the database, derived from the models and never written into migrations.

Three kinds, on SQLite as triggers, on PostgreSQL as constraints and triggers:

* a row that belongs to a municipality may only refer to rows of the same one (`municipality_id` goes along with the key);
* a row never changes its municipality;
* a model that says `append_only` refuses UPDATE and DELETE, except of the columns that it lists, and except of rows that
  `append_only_unless` (SQL over OLD) lets through.

`migrate` takes them off, migrates and makes them again: SQLite rebuilds tables when it alters them, and a trigger on the child
vanishes without a word while one that names the parent stops the migration. `madoguchi guards --check` compares.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

PREFIX = "mado_"
FUNCTION = "mado_refuse"


# What belongs to no municipality: the municipalities and people themselves, proofs of addresses, machines, Django's own tables.
NOT_OWNED = frozenset(
    {
        "accounts.Municipality",
        "accounts.User",
        "accounts.EmailCode",
        "accounts.EmailLink",
        "jobs.Worker",
        "procedures.NationalProcedure",  # the state's list of procedures: public, and the same for all
        "procedures.SharedProcedure",  # what municipalities publish for each other: written only by publishing, without people
        "procedures.SharedVersion",
        "procedures.PublicStanding",  # what a municipality itself shows the others: public facts by an allow-list, no person's
        "auth.Permission",
        "auth.Group",
        "contenttypes.ContentType",
        "sessions.Session",
        "django_tasks_database.DBTaskResult",
    }
)


def check_owned(**_: Any) -> list[CheckMessage]:
    """A model that is neither a municipality's nor on the list has been forgotten: nothing would keep its rows apart."""
    forgotten = [
        model._meta.label for model in apps.get_models() if not getattr(model, "is_owned", False) and model._meta.label not in NOT_OWNED
    ]
    hint = "Derive it from accounts.models.Owned, or add it to NOT_OWNED in lib/dbguards.py with its reason."
    return [Error(f"{label} belongs to no municipality.", hint=hint, id="madoguchi.E001") for label in forgotten]


@dataclass(frozen=True)
class Guard:
    """One object in the database: `kind` is trigger, constraint or function; `table` the one it hangs on."""

    name: str
    kind: str
    table: str
    create: str


def owned_models() -> list[type[models.Model]]:
    """Our concrete models that belong to a municipality."""
    return [model for model in apps.get_models() if getattr(model, "is_owned", False) and model._meta.managed]


def append_only_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if getattr(model, "append_only", False)]


def wanted(vendor: str) -> list[Guard]:
    """What should stand, in the order in which it can be made."""
    make = _postgres if vendor == "postgresql" else _sqlite
    return list(make())


def install(connection: BaseDatabaseWrapper) -> int:
    """Make every guard whose tables exist; gives their number."""
    tables = set(connection.introspection.table_names())
    guards = [guard for guard in wanted(connection.vendor) if guard.table in tables]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_NOTHING_PENDING)
            cursor.execute(_POSTGRES_FUNCTION)
        for guard in guards:
            cursor.execute(guard.create)
            if connection.vendor == "postgresql":
                cursor.execute(f'COMMENT ON {guard.kind} "{guard.name}" ON "{guard.table}" IS \'{_digest(guard)}\'')
    return len(guards)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take every guard off, those of older models too."""
    standing = _standing(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_NOTHING_PENDING)
        for name, (kind, table, _) in standing.items():
            if connection.vendor == "postgresql":
                what = f'TRIGGER IF EXISTS "{name}" ON "{table}"' if kind == "trigger" else ""
                cursor.execute(f"DROP {what}" if what else f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}" CASCADE')
            else:
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')


def compare(connection: BaseDatabaseWrapper) -> dict[str, list[str]]:
    """{"missing": [...], "unknown": [...], "changed": [...]} of guard names; all empty when what stands is what should."""
    should = {guard.name: _digest(guard) for guard in wanted(connection.vendor)}
    stands = {name: digest for name, (_, _, digest) in _standing(connection).items()}
    return {
        "missing": sorted(should.keys() - stands.keys()),
        "unknown": sorted(stands.keys() - should.keys()),
        "changed": sorted(name for name in should.keys() & stands.keys() if should[name] != stands[name]),
    }


# -- derived from the models ---------------------------------------------------------------------------------------------


def references() -> Iterator[tuple[type[models.Model], models.ForeignKey[Any, Any]]]:
    """Every foreign key from an owned model to an owned model."""
    for model in owned_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and getattr(field.related_model, "is_owned", False):
                yield model, field


def _name(*parts: str) -> str:
    """A name within PostgreSQL's 63 bytes."""
    full = PREFIX + "_".join(parts)
    return full if len(full) <= 60 else f"{full[:50]}_{hashlib.sha256(full.encode()).hexdigest()[:8]}"


def _digest(guard: Guard) -> str:
    return hashlib.sha256(guard.create.encode()).hexdigest()[:16]


def _frozen_columns(model: type[models.Model]) -> list[str]:
    """Columns of an append-only model that an update may not touch."""
    free = getattr(model, "append_only_except", ())
    return [field.column for field in model._meta.local_concrete_fields if field.column and field.name not in free]


def _unless(model: type[models.Model]) -> str:
    return getattr(model, "append_only_unless", "") or ""


# -- SQLite ----------------------------------------------------------------------------------------------------------------


def _sqlite() -> Iterator[Guard]:
    for model, field in references():
        yield from _sqlite_reference(model, field)
    for model in owned_models():
        table = model._meta.db_table
        name = _name("stay", table)
        yield Guard(
            name,
            "trigger",
            table,
            f'CREATE TRIGGER "{name}" BEFORE UPDATE OF "municipality_id" ON "{table}" '
            f"WHEN NEW.municipality_id IS NOT OLD.municipality_id BEGIN SELECT RAISE(ABORT, 'municipality cannot change'); END",
        )
    for model in append_only_models():
        yield from _sqlite_append_only(model)


def _sqlite_reference(model: type[models.Model], field: models.ForeignKey[Any, Any]) -> Iterator[Guard]:
    table, column, parent = model._meta.db_table, field.column, field.related_model._meta.db_table
    for event in ("INSERT", f'UPDATE OF "{column}"'):
        name = _name("same", table, column, event.split()[0].lower())
        yield Guard(
            name,
            "trigger",
            table,
            f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" WHEN NEW."{column}" IS NOT NULL AND '
            f'(SELECT municipality_id FROM "{parent}" WHERE id = NEW."{column}") IS NOT NEW.municipality_id '
            f"BEGIN SELECT RAISE(ABORT, 'reference across municipalities'); END",
        )


def _sqlite_append_only(model: type[models.Model]) -> Iterator[Guard]:
    table, unless = model._meta.db_table, _unless(model)
    spared = f"WHEN NOT ({unless})" if unless else ""
    columns = ", ".join(f'"{column}"' for column in _frozen_columns(model))
    # Without a list of columns where all are frozen: `SET rowid = …` changes the key and is on no list.
    update = f"UPDATE OF {columns}" if getattr(model, "append_only_except", ()) else "UPDATE"
    for event, target in (("update", update), ("delete", "DELETE")):
        name = _name("keep", table, event)
        yield Guard(
            name,
            "trigger",
            table,
            f'CREATE TRIGGER "{name}" BEFORE {target} ON "{table}" {spared} BEGIN SELECT RAISE(ABORT, \'append only\'); END',
        )


# -- PostgreSQL --------------------------------------------------------------------------------------------------------------

# A table with deferred checks still to come cannot be altered: they are made now (harmless outside a transaction).
_NOTHING_PENDING = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
_POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def _postgres() -> Iterator[Guard]:
    parents = sorted({field.related_model._meta.db_table for _, field in references()})
    for parent in parents:
        name = _name("one", parent)
        yield Guard(name, "constraint", parent, f'ALTER TABLE "{parent}" ADD CONSTRAINT "{name}" UNIQUE (municipality_id, id)')
    for model, field in references():
        table, column, parent = model._meta.db_table, field.column, field.related_model._meta.db_table
        name = _name("same", table, column)
        yield Guard(
            name,
            "constraint",
            table,
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (municipality_id, "{column}") '
            f'REFERENCES "{parent}" (municipality_id, id)',
        )
    for model in owned_models():
        table = model._meta.db_table
        name = _name("stay", table)
        yield Guard(
            name,
            "trigger",
            table,
            f'CREATE TRIGGER "{name}" BEFORE UPDATE OF municipality_id ON "{table}" FOR EACH ROW '
            f"WHEN (NEW.municipality_id IS DISTINCT FROM OLD.municipality_id) EXECUTE FUNCTION {FUNCTION}('municipality cannot change')",
        )
    for model in append_only_models():
        yield from _postgres_append_only(model)


def _postgres_append_only(model: type[models.Model]) -> Iterator[Guard]:
    table, unless = model._meta.db_table, _unless(model)
    spared = f"WHEN (NOT ({unless}))" if unless else ""
    columns = ", ".join(f'"{column}"' for column in _frozen_columns(model))
    for event, target in (("update", f"UPDATE OF {columns}"), ("delete", "DELETE")):
        name = _name("keep", table, event)
        yield Guard(
            name,
            "trigger",
            table,
            f'CREATE TRIGGER "{name}" BEFORE {target} ON "{table}" FOR EACH ROW {spared} EXECUTE FUNCTION {FUNCTION}(\'append only\')',
        )
    name = _name("keep", table, "truncate")
    refuse = f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}('append only')"
    yield Guard(name, "trigger", table, f'CREATE TRIGGER "{name}" BEFORE TRUNCATE ON "{table}" {refuse}')


# -- what stands ---------------------------------------------------------------------------------------------------------------


def _standing(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str, str]]:
    """name → (kind, table, digest of the statement that made it)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_STANDING, [f"{PREFIX}%", f"{PREFIX}%"])
            return {name: (kind, table, comment or "") for name, kind, table, comment in cursor.fetchall()}
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{PREFIX}%"])
        return {name: ("trigger", table, hashlib.sha256(sql.encode()).hexdigest()[:16]) for name, table, sql in cursor.fetchall()}


_POSTGRES_STANDING = """
SELECT c.conname, 'constraint', c.conrelid::regclass::text, obj_description(c.oid, 'pg_constraint')
  FROM pg_constraint c WHERE c.conname LIKE %s AND c.connamespace = current_schema()::regnamespace
UNION ALL
SELECT t.tgname, 'trigger', t.tgrelid::regclass::text, obj_description(t.oid, 'pg_trigger')
  FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
 WHERE t.tgname LIKE %s AND NOT t.tgisinternal AND r.relnamespace = current_schema()::regnamespace
"""
