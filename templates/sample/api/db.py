"""The connection pool and one helper around it."""

from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from api import config

pool = ConnectionPool(config.DATABASE_URL, min_size=1, max_size=10, open=False, kwargs={"row_factory": dict_row})


def query(sql, params=None):
    """Run one statement and return its rows, or an empty list where it returns none."""
    pool.open()
    with pool.connection() as connection:
        cursor = connection.execute(sql, params)
        return cursor.fetchall() if cursor.description else []
