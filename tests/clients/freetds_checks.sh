#!/usr/bin/env bash
# FreeTDS' own programs: tsql, bsqldb, freebcp; and unixODBC's isql with FreeTDS' driver.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export FREETDSCONF="$work/freetds.conf" ODBCSYSINI="$work" ODBCINI="$work/odbc.ini" HOME="$work"
cat > "$work/freetds.conf" <<CONF
[nina]
    host = $NINADB_HOST
    port = $NINADB_PORT
    tds version = 7.4
    encryption = require
    client charset = UTF-8
CONF
driver=$(find /usr/lib -name libtdsodbc.so 2>/dev/null | head -1)
printf '[FreeTDS]\nDriver = %s\n' "$driver" > "$work/odbcinst.ini"
printf '[nina]\nDriver = FreeTDS\nServername = nina\nDatabase = %s\n' "$NINADB_DATABASE" > "$work/odbc.ini"

check() { # name, what must be in the text, the text
    case "$3" in
        *"$2"*) echo "ok $1" ;;
        *) echo "not ok $1: no '$2' in: $(printf '%s' "$3" | tr '\n' ' ' | cut -c1-300)" ;;
    esac
}
run() { command -v "$1" >/dev/null 2>&1; }
login="-S nina -U $NINADB_USER -P $NINADB_PASSWORD"

if run tsql; then
    text=$(printf 'SELECT c_int, c_decimal, c_nvarchar, c_uniqueidentifier FROM dbo.EveryType\nGO\n' | timeout 30 tsql $login -D "$NINADB_DATABASE" -o q 2>&1)
    check tsql-types $'2147483647\t123456789012345678.90\tΩmega\t6F9619FF-8B86-D011-B42D-00C04FC964FF' "$text"
    text=$(printf 'SELECT 1 / 0\nGO\nSELECT N'"'"'still here'"'"'\nGO\n' | timeout 30 tsql $login 2>&1)
    check tsql-error 'Msg 8134' "$text"
    check tsql-after-error 'still here' "$text"
fi
if run bsqldb; then
    printf 'SELECT TOP (3) id, name FROM dbo.Numbers ORDER BY id\n' > "$work/q.sql"
    text=$(timeout 30 bsqldb $login -D "$NINADB_DATABASE" -i "$work/q.sql" -q -t '|' 2>&1)
    check bsqldb-rows '3|number 3' "$text"
fi
if run freebcp; then
    for i in $(seq 1 500); do printf '%d\tfreebcp %d\t%d.25\n' "$i" "$i" "$i"; done > "$work/in.txt"
    text=$(timeout 60 freebcp "$NINADB_DATABASE.dbo.Loaded" in "$work/in.txt" $login -c 2>&1)
    check freebcp-in '500 rows copied' "$text"
    text=$(timeout 60 freebcp "SELECT id, name FROM dbo.Loaded WHERE name LIKE 'freebcp%' ORDER BY id" queryout "$work/out.txt" $login -c 2>&1; wc -l < "$work/out.txt"; tail -1 "$work/out.txt")
    check freebcp-out $'500\tfreebcp 500' "$text"
fi
if run isql && [ -n "$driver" ]; then
    text=$(printf 'SELECT id, name FROM dbo.Numbers WHERE id = 77\n' | timeout 30 isql nina "$NINADB_USER" "$NINADB_PASSWORD" -b 2>&1)
    check isql-row 'number 77' "$text"
    text=$(printf 'help Numbers\n' | timeout 30 isql nina "$NINADB_USER" "$NINADB_PASSWORD" -b 2>&1)
    check isql-columns 'nvarchar' "$text"
    text=$(printf 'SELECT 1/0\n' | timeout 30 isql nina "$NINADB_USER" "$NINADB_PASSWORD" -b -v 2>&1)
    check isql-error 'Divide by zero' "$text"
fi
