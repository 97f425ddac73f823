"""What each outlet did before: its own texts on a topic, and those that were rewrites of others."""

from __future__ import annotations

from collections.abc import Collection

from storage import bulk
from storage.as_of import View


def outlet_pasts(con: bulk.Connection, view: View, publishers: Collection[str]) -> tuple[tuple[str, int, int], ...]:
    """(publisher, own, rewrites) over all that the view holds, sorted; an outlet that told nothing on a topic is left out."""
    if not publishers:
        return ()
    query = f"""
        WITH theirs AS (
            SELECT article_id, publisher FROM article SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS publisher) USING (publisher)
        ), decided AS (
            SELECT v.article_id, v.rev, v.topics, v.outcome FROM verdict v SEMI JOIN theirs USING (article_id) WHERE {view.rows("v")}
            QUALIFY row_number() OVER (PARTITION BY v.article_id, v.rev ORDER BY v.run_seq DESC) = 1
        )
        SELECT publisher, count(*) FILTER (outcome <> 'rewrite'), count(*) FILTER (outcome = 'rewrite')
        FROM decided JOIN theirs USING (article_id) WHERE len(topics) > 0 OR outcome = 'rewrite' GROUP BY publisher"""  # noqa: S608
    return tuple(sorted(bulk.fetch(con, query, [sorted(publishers)])))
