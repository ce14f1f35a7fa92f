"""Django's compiler, but for what a row is asked about other tables in the columns of a SELECT: "is your id among these?"

DuckDB answers each such question by a join of its own, and keeps the table of each in memory: a catalogue of sixty months
asks hundreds. Here all of them are found out at once: one grouped subquery says for each id, bit by bit, among which it is.
"""

from typing import Any

from django.db.models import sql
from django.db.models.expressions import Col
from django.db.models.lookups import In
from django.db.models.sql import compiler
from django.db.models.sql.constants import LOUTER

BITS = 62  # questions answered by one column of 64 bits

SQLInsertCompiler = compiler.SQLInsertCompiler
SQLDeleteCompiler = compiler.SQLDeleteCompiler
SQLUpdateCompiler = compiler.SQLUpdateCompiler
SQLAggregateCompiler = compiler.SQLAggregateCompiler
Question = tuple[str, tuple[Any, ...]]  # the SQL of a subquery of ids, and its parameters


class SQLCompiler(compiler.SQLCompiler):
    """Writes a SELECT; `questions` are those of its columns, by what is looked for."""

    questions: dict[str, dict[Question, int]] | None = None

    def pre_sql_setup(self, with_col_aliases: bool = False) -> Any:
        """Compile the columns, and collect what they ask."""
        if not self.query.combinator:
            self.questions = {}
        return super().pre_sql_setup(with_col_aliases)

    def compile(self, node: Any) -> tuple[str, Any]:
        """Return the SQL of the node; of a question the bit that will answer it."""
        if self.questions is None or not _is_question(node):
            return super().compile(node)
        asked, asked_params = node.process_lhs(self, self.connection)
        assert not asked_params  # a column has none
        among, params = node.process_rhs(self, self.connection)
        questions = self.questions.setdefault(asked, {})
        place, bit = divmod(questions.setdefault((among, tuple(params)), len(questions)), BITS)
        return f'((COALESCE("{self._name(asked)}"."bits{place}", 0) & {1 << bit}) <> 0)', ()

    def get_from_clause(self) -> tuple[list[str], Any]:
        """Return the tables, joined with the answers to what the columns ask."""
        tables, params = super().get_from_clause()
        values = list(params)
        for asked, questions in (self.questions or {}).items():
            among = []
            for (ids, more), number in questions.items():
                bits = ", ".join(f"{1 << (number % BITS) if place == number // BITS else 0}::bigint" for place in _places(questions))
                among.append(f"SELECT *, {bits} FROM {ids}")
                values += more
            names = ", ".join(f'"bits{place}"' for place in _places(questions))
            found = ", ".join(f'BIT_OR("bits{place}") AS "bits{place}"' for place in _places(questions))
            tables.append(
                f'LEFT JOIN (SELECT "id", {found} FROM ({" UNION ALL ".join(among)}) AS "_among" ("id", {names}) GROUP BY "id")'
                f' "{self._name(asked)}" ON "{self._name(asked)}"."id" = {asked}')
        self.questions = None  # conditions of the WHERE stay where they are: each is asked once
        return tables, values

    def _name(self, asked: str) -> str:
        return f"_asked_{list(self.questions or {}).index(asked)}"


def _places(questions: dict[Question, int]) -> range:
    return range((len(questions) - 1) // BITS + 1)


def _is_question(node: Any) -> bool:
    """Tell whether the node asks for a column among the ids of a subquery that knows nothing of the row, none of them NULL."""
    if not (isinstance(node, In) and isinstance(node.rhs, sql.Query) and isinstance(node.lhs, Col)):
        return False
    columns = [*node.rhs.select, *node.rhs.annotation_select.values()]
    return (
        len(columns) == 1 and isinstance(columns[0], Col) and not columns[0].target.null and not node.lhs.target.null
        and not node.rhs.combinator and not node.rhs.get_external_cols()
        and all(getattr(join, "join_type", None) != LOUTER for join in node.rhs.alias_map.values())
    )
