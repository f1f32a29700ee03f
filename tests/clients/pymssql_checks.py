"""pymssql (FreeTDS)."""
import decimal
import pymssql
import checks
from checks import same

s = checks.SERVER
c = pymssql.connect(server=s["host"], port=s["port"], user=s["user"], password=s["password"], database=s["database"], login_timeout=20, timeout=60)


def procedure():
    cursor = c.cursor()
    result = cursor.callproc("dbo.AddNumbers", (40, 2, pymssql.output(int)))
    cursor.nextset()
    same(result[2], 42, "output")
    c.commit()


def bulk():
    cursor = c.cursor()
    cursor.executemany("INSERT INTO dbo.Work (client, note, amount) VALUES ('pymssql', %s, %s)", [("row %d" % i, i) for i in range(200)])
    c.commit()
    same(checks.rows(c, "SELECT COUNT(*) FROM dbo.Work WHERE client = 'pymssql' AND amount IS NOT NULL")[0][0], 200, "rows")


# Parameters are written into the text: 1099511627776 and -1.25 are numeric literals, a date is a string.
AS_LITERALS = (42, decimal.Decimal(1 << 40), decimal.Decimal("-1.25"), decimal.Decimal("10.50"), "text", None, "2024-02-29 12:00:00.000")

checks.run([
    ("types", lambda: checks.types(c)), ("nulls", lambda: checks.nulls(c)), ("unicode", lambda: checks.unicode(c, "%s")), ("max", lambda: checks.maximum(c)),
    ("parameters", lambda: checks.parameters(c, "%s", AS_LITERALS)), ("error", lambda: checks.error(c, pymssql)), ("throw", lambda: checks.throw(c, pymssql)),
    ("transactions", lambda: checks.transactions(c, "pymssql")), ("procedure", procedure), ("results", lambda: checks.results(c)),
    ("rows", lambda: checks.ten_thousand(c)), ("rowcount", lambda: checks.rowcount(c, "pymssql")), ("batch", bulk)])
c.close()
