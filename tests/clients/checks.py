"""The checks shared by the Python clients (DB-API 2.0): a module names its connect() and paramstyle."""
import datetime
import decimal
import os
import uuid

SERVER = {name: os.environ["NINADB_" + name.upper()] for name in ("host", "port", "user", "password", "database")}


def same(actual, expected, what):
    if actual != expected:
        raise AssertionError("%s: expected %r, got %r" % (what, expected, actual))


def rows(connection, sql, parameters=()):
    cursor = connection.cursor()
    cursor.execute(sql, parameters) if parameters else cursor.execute(sql)
    return cursor.fetchall()


def types(c):
    row = rows(c, "SELECT c_bit, c_tinyint, c_smallint, c_int, c_bigint, c_real, c_float, c_money, c_decimal FROM dbo.EveryType")[0]
    same(tuple(row), (True, 255, -32768, 2147483647, 9223372036854775807, 1.5, -2.25e100, decimal.Decimal("12345.6789"), decimal.Decimal("123456789012345678.90")), "numbers")
    row = rows(c, "SELECT c_datetime, c_smalldatetime, c_char, c_varchar, c_nvarchar, c_varbinary, c_uniqueidentifier FROM dbo.EveryType")[0]
    same(tuple(row), (
        datetime.datetime(2024, 2, 29, 12, 34, 56, 123000), datetime.datetime(2024, 2, 29, 12, 35), "abc  ", "abc", "Ωmega", b"\x00\xff\x10",
        uuid.UUID("6F9619FF-8B86-D011-B42D-00C04FC964FF")), "others")


def nulls(c):
    row = rows(c, "SELECT * FROM dbo.EveryNull")[0]
    same(len(row), 19, "columns")
    same([v for v in row if v is not None], [], "values")


def unicode(c, p):
    text = "Ω €  한글 \U0001F600"
    same(rows(c, "SELECT " + p, (text,))[0][0], text, "text")
    same(rows(c, "SELECT N'Ω € 한글 \U0001F600'")[0][0], "Ω € 한글 \U0001F600", "literal")


def maximum(c):
    row = rows(c, "SELECT REPLICATE(CAST(N'ж' AS nvarchar(max)), 100000), CAST(REPLICATE(CAST('a' AS varchar(max)), 1000000) AS varbinary(max))")[0]
    same((len(row[0]), row[0][:3]), (100000, "жжж"), "text")
    same(row[1], b"a" * 1000000, "bytes")


def parameters(c, p, expected=None):
    """expected: what comes back from a client that writes its parameters into the text."""
    values = (42, 1 << 40, -1.25, decimal.Decimal("10.50"), "text", None, datetime.datetime(2024, 2, 29, 12, 0))
    row = rows(c, "SELECT " + ", ".join([p] * len(values)), values)[0]
    same(tuple(row), expected or values, "values")


def error(c, module):
    try:
        rows(c, "SELECT 1 / 0")
    except module.Error as e:
        if "8134" not in repr(e.args) and "ivide by zero" not in str(e):
            raise
    else:
        raise AssertionError("no error")
    c.rollback()
    same(rows(c, "SELECT 5")[0][0], 5, "after the error")


def throw(c, module):
    try:
        rows(c, "EXECUTE dbo.Fail")
    except module.Error as e:
        if "This procedure fails." not in str(e) and "This procedure fails." not in repr(e.args):
            raise
    else:
        raise AssertionError("no error")
    c.rollback()


def transactions(c, client):
    cursor = c.cursor()
    cursor.execute("INSERT INTO dbo.Work (client, note) VALUES ('%s', N'kept')" % client)
    c.commit()
    cursor.execute("INSERT INTO dbo.Work (client, note) VALUES ('%s', N'lost')" % client)
    c.rollback()
    same([tuple(r) for r in rows(c, "SELECT note FROM dbo.Work WHERE client = '%s'" % client)], [("kept",)], "rows")
    c.commit()


def results(c):
    cursor = c.cursor()
    cursor.execute("EXECUTE dbo.ThreeResults")
    found = [[tuple(r) for r in cursor.fetchall()]]
    while cursor.nextset():
        if cursor.description:
            found.append([tuple(r) for r in cursor.fetchall()])
    same(found, [[(1,)], [("zwei", 2)], [(decimal.Decimal("3.50"),)]], "result sets")


def ten_thousand(c):
    found = rows(c, "SELECT id, name FROM dbo.Numbers ORDER BY id")
    same(len(found), 10000, "count")
    same(tuple(found[9998]), (9999, "number 9999"), "row")


def rowcount(c, client):
    cursor = c.cursor()
    cursor.execute("UPDATE dbo.Numbers SET name = name WHERE id <= 25")
    same(cursor.rowcount, 25, "rows affected")
    c.commit()


def run(checks):
    for name, check in checks:
        try:
            check()
            print("ok " + name, flush=True)
        except Exception as e:  # The harness wants every check's outcome, whatever went wrong.
            print("not ok %s: %s: %s" % (name, type(e).__name__, str(e).replace("\n", " ")[:300]), flush=True)
