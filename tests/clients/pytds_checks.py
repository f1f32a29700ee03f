"""python-tds (pure Python)."""
import os
import time
import pytds
import checks
from checks import same

s = checks.SERVER
c = pytds.connect(dsn=s["host"], port=int(s["port"]), user=s["user"], password=s["password"], database=s["database"],
                  cafile=os.environ.get("NINADB_CAFILE"), validate_host=False, login_timeout=20, timeout=60)


def procedure():
    cursor = c.cursor()
    result = cursor.callproc("dbo.AddNumbers", (40, 2, pytds.output(param_type="int")))
    cursor.fetchall() if cursor.description else None
    same(result[2], 42, "output")
    same(cursor.get_proc_return_status(), 7, "return value")
    c.commit()


def cancel():
    # A query that exceeds its time is cancelled by the client with an attention.
    other = pytds.connect(dsn=s["host"], port=int(s["port"]), user=s["user"], password=s["password"], database=s["database"],
                          cafile=os.environ.get("NINADB_CAFILE"), validate_host=False, login_timeout=20, timeout=2)
    began = time.time()
    try:
        checks.rows(other, "WAITFOR DELAY '00:00:30'")
        raise AssertionError("not cancelled")
    except (pytds.Error, TimeoutError):
        pass
    if time.time() - began > 10:
        raise AssertionError("took %.1f s" % (time.time() - began))
    other.close()
    same(checks.rows(c, "SELECT 6")[0][0], 6, "another connection")


def bulk():
    import io
    cursor = c.cursor()
    # Columns go out as text; the server converts them to the table's types.
    cursor.copy_to(io.StringIO("".join("%d\tname %d\t%d.50\n" % (i, i, i) for i in range(500))), "Loaded", sep="\t", columns=["id", "name", "amount"])
    c.commit()
    same(tuple(checks.rows(c, "SELECT COUNT(*), MAX(name) FROM dbo.Loaded WHERE name LIKE 'name %'")[0]), (500, "name 99"), "loaded")


checks.run([
    ("types", lambda: checks.types(c)), ("nulls", lambda: checks.nulls(c)), ("unicode", lambda: checks.unicode(c, "%s")), ("max", lambda: checks.maximum(c)),
    ("parameters", lambda: checks.parameters(c, "%s")), ("error", lambda: checks.error(c, pytds)), ("throw", lambda: checks.throw(c, pytds)),
    ("transactions", lambda: checks.transactions(c, "pytds")), ("procedure", procedure), ("results", lambda: checks.results(c)),
    ("rows", lambda: checks.ten_thousand(c)), ("rowcount", lambda: checks.rowcount(c, "pytds")), ("cancel", cancel), ("bulk", bulk)])
c.close()
