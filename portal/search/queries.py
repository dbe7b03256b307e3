"""The one statement that finds, for each engine; both rank by the same formula. And which words there are."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from portal import db
from portal.search.query import Query

_COLUMNS = "id, kind, title, place, address, written_in, text, folded_text"

_SQLITE = f"""
SELECT {", ".join(f"t.{name}" for name in _COLUMNS.split(", "))}
FROM found_index CROSS JOIN found_text AS t ON t.id = found_index.rowid
WHERE found_index MATCH ? AND t.language = ?
ORDER BY found_index.rank LIMIT ?
"""  # noqa: S608 - names of ours

# FTS5's bm25, k1 = 1.2 and b = 0.75, for the best by PostgreSQL's own rank, which knows no rare words.
_POSTGRES = f"""
WITH part AS MATERIALIZED (
  SELECT asked.needle, greatest(ln((state.texts - has.number + 0.5) / (has.number + 0.5)), 0.000001) AS rarity
  FROM (VALUES %(parts)s) AS asked (needle, wanted), index_state AS state,
  LATERAL (SELECT count(*) AS number FROM found_text WHERE vector @@ to_tsquery('simple', asked.wanted)) AS has
), hit AS MATERIALIZED (
  SELECT {_COLUMNS}, folded_title, words FROM found_text, to_tsquery('simple', ?::text) AS wanted
  WHERE language = ?::text AND vector @@ wanted
  ORDER BY ts_rank('{{0.125, 0.125, 0.125, 1}}', vector, wanted) DESC, id LIMIT 200
)
SELECT {_COLUMNS} FROM hit, LATERAL (
  SELECT sum(
    part.rarity * often.number * 2.2
    / (often.number + 1.2 * (0.25 + 0.75 * hit.words * state.texts / greatest(state.words, 1)))
  ) AS value
  FROM part, index_state AS state, LATERAL (
    SELECT 8.0 * (length(folded_title) - length(replace(folded_title, needle, ''))) / length(needle)
           + 1.0 * (length(folded_text) - length(replace(folded_text, needle, ''))) / length(needle) AS number
  ) AS often
) AS score
ORDER BY round(score.value::numeric, 9) DESC, id LIMIT ?
"""  # noqa: S608 - names of ours


def find(language: str, query: Query, most: int) -> list[tuple[Any, ...]]:
    """Rows of number, kind, title, place, address, language, text and folded text; best first, equal ones by title."""
    if db.is_sqlite():
        return db.fetch(_SQLITE, query.for_sqlite, language, most)
    parts = query.every_part
    statement = _POSTGRES.replace("%(parts)s", ", ".join(["(?::text, ?::text)"] * len(parts)))
    values = [value for part in parts for value in (part.needle, part.for_postgres)]
    return db.fetch(statement, *values, query.for_postgres, language, most)


def find_near(language: str, ways: Collection[str]) -> list[str]:
    """Words of the language's texts that can be written in one of these ways; what most texts have comes first."""
    statement = (
        "SELECT DISTINCT w.word, w.texts FROM found_slip AS s "  # noqa: S608 - question marks
        "JOIN found_word AS w ON w.language = s.language AND w.word = s.word "
        f"WHERE s.language = ? AND s.written IN ({', '.join('?' * len(ways))}) ORDER BY w.texts DESC, w.word"
    )
    return [word for word, _texts in db.fetch(statement, language, *ways)]
