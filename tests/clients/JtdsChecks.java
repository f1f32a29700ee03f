// jTDS, the open JDBC driver. Run as a source file: java -cp jtds.jar JtdsChecks.java
import java.math.BigDecimal;
import java.sql.*;
import java.util.*;

public class JtdsChecks {
    interface Check { void run() throws Exception; }

    static Connection c;

    static void check(String name, Check check) {
        try {
            check.run();
            System.out.println("ok " + name);
        } catch (Throwable e) {
            System.out.println("not ok " + name + ": " + String.valueOf(e).replace('\n', ' '));
        }
    }

    static void same(Object actual, Object expected, String what) {
        if (!Objects.equals(actual, expected)) {
            throw new AssertionError(what + ": expected " + expected + ", got " + actual);
        }
    }

    static List<Object> row(String sql) throws SQLException {
        try (Statement s = c.createStatement(); ResultSet r = s.executeQuery(sql)) {
            r.next();
            List<Object> values = new ArrayList<>();
            for (int i = 1; i <= r.getMetaData().getColumnCount(); i++) {
                Object v = r.getObject(i);
                values.add(v instanceof Clob ? ((Clob) v).getSubString(1, (int) ((Clob) v).length()) : v);
            }
            return values;
        }
    }

    public static void main(String[] args) throws Exception {
        Map<String, String> e = System.getenv();
        Class.forName("net.sourceforge.jtds.jdbc.Driver");
        c = DriverManager.getConnection(
            "jdbc:jtds:sqlserver://" + e.get("NINADB_HOST") + ":" + e.get("NINADB_PORT") + "/" + e.get("NINADB_DATABASE") + ";ssl=require;loginTimeout=20",
            e.get("NINADB_USER"), e.get("NINADB_PASSWORD"));

        check("types", () -> {
            same(row("SELECT c_bit, c_tinyint, c_smallint, c_int, c_bigint, c_real, c_float, c_money, c_decimal FROM dbo.EveryType").toString(),
                "[true, 255, -32768, 2147483647, 9223372036854775807, 1.5, -2.25E100, 12345.6789, 123456789012345678.90]", "numbers");
            same(row("SELECT c_datetime, c_char, c_varchar, c_nvarchar, c_uniqueidentifier FROM dbo.EveryType").toString(),
                "[2024-02-29 12:34:56.123, abc  , abc, Ωmega, 6F9619FF-8B86-D011-B42D-00C04FC964FF]", "others");
        });
        check("nulls", () -> same(row("SELECT * FROM dbo.EveryNull").stream().filter(Objects::nonNull).count(), 0L, "values"));
        check("unicode", () -> {
            try (PreparedStatement s = c.prepareStatement("SELECT ?")) {
                s.setString(1, "Ω € 한글 \uD83D\uDE00");
                try (ResultSet r = s.executeQuery()) {
                    r.next();
                    same(r.getString(1), "Ω € 한글 \uD83D\uDE00", "text");
                }
            }
        });
        check("max", () -> same(((String) row("SELECT CAST(REPLICATE(CAST(N'ж' AS nvarchar(max)), 100000) AS nvarchar(max))").get(0)).length(), 100000, "text"));
        check("parameters", () -> {
            try (PreparedStatement s = c.prepareStatement("SELECT ?, ?, ?, ?, ?")) {
                s.setInt(1, 42);
                s.setBigDecimal(2, new BigDecimal("10.50"));
                s.setString(3, "text");
                s.setNull(4, Types.INTEGER);
                s.setTimestamp(5, Timestamp.valueOf("2024-02-29 12:00:00"));
                try (ResultSet r = s.executeQuery()) {
                    r.next();
                    same(r.getInt(1), 42, "int");
                    same(r.getBigDecimal(2).compareTo(new BigDecimal("10.5")), 0, "decimal");
                    same(r.getString(3), "text", "text");
                    same(r.getObject(4), null, "null");
                    same(r.getTimestamp(5), Timestamp.valueOf("2024-02-29 12:00:00"), "timestamp");
                }
            }
        });
        check("error", () -> {
            try {
                row("SELECT 1 / 0");
                throw new AssertionError("no error");
            } catch (SQLException x) {
                same(x.getErrorCode(), 8134, "error number");
            }
            same(row("SELECT 5").get(0), 5, "after the error");
        });
        check("throw", () -> {
            try (CallableStatement s = c.prepareCall("{call dbo.Fail}")) {
                s.execute();
                throw new AssertionError("no error");
            } catch (SQLException x) {
                same(x.getErrorCode(), 50042, "error number");
            }
        });
        check("transactions", () -> {
            c.setAutoCommit(false);
            try (Statement s = c.createStatement()) {
                s.executeUpdate("INSERT INTO dbo.Work (client, note) VALUES ('jtds', N'kept')");
                c.commit();
                s.executeUpdate("INSERT INTO dbo.Work (client, note) VALUES ('jtds', N'lost')");
                c.rollback();
            }
            c.setAutoCommit(true);
            same(row("SELECT COUNT(*), MAX(note) FROM dbo.Work WHERE client = 'jtds'").toString(), "[1, kept]", "rows");
        });
        check("procedure", () -> {
            try (CallableStatement s = c.prepareCall("{? = call dbo.AddNumbers(?, ?, ?)}")) {
                s.registerOutParameter(1, Types.INTEGER);
                s.setInt(2, 40);
                s.setInt(3, 2);
                s.registerOutParameter(4, Types.INTEGER);
                s.execute();
                same(s.getInt(4), 42, "output");
                same(s.getInt(1), 7, "return value");
            }
        });
        check("results", () -> {
            try (Statement s = c.createStatement()) {
                boolean rows = s.execute("EXECUTE dbo.ThreeResults");
                int sets = 0;
                while (rows || s.getUpdateCount() != -1) {
                    if (rows) {
                        s.getResultSet().next();
                        sets++;
                    }
                    rows = s.getMoreResults();
                }
                same(sets, 3, "result sets");
            }
        });
        check("rows", () -> {
            try (Statement s = c.createStatement(); ResultSet r = s.executeQuery("SELECT id, name FROM dbo.Numbers ORDER BY id")) {
                int n = 0;
                while (r.next()) {
                    n++;
                    same(r.getInt(1), n, "id");
                }
                same(n, 10000, "rows");
            }
        });
        check("rowcount", () -> {
            try (Statement s = c.createStatement()) {
                same(s.executeUpdate("UPDATE dbo.Numbers SET name = name WHERE id <= 25"), 25, "rows affected");
            }
        });
        check("cancel", () -> {
            try (Statement s = c.createStatement()) {
                long began = System.currentTimeMillis();
                new Thread(() -> {
                    try {
                        Thread.sleep(500);
                        s.cancel();
                    } catch (Exception ignored) {
                        // The check below sees that nothing was cancelled.
                    }
                }).start();
                try {
                    s.execute("WAITFOR DELAY '00:00:30'");
                    throw new AssertionError("not cancelled");
                } catch (SQLException x) {
                    if (System.currentTimeMillis() - began > 10000) {
                        throw x;
                    }
                }
            }
            same(row("SELECT 6").get(0), 6, "after the cancel");
        });
        check("metadata", () -> {
            DatabaseMetaData m = c.getMetaData();
            List<String> columns = new ArrayList<>();
            try (ResultSet r = m.getColumns(null, "dbo", "Numbers", null)) {
                while (r.next()) {
                    columns.add(r.getString("COLUMN_NAME") + " " + r.getString("TYPE_NAME"));
                }
            }
            same(columns.toString(), "[id int, name nvarchar]", "columns");
            try (ResultSet r = m.getPrimaryKeys(null, "dbo", "Numbers")) {
                r.next();
                same(r.getString("COLUMN_NAME"), "id", "primary key");
            }
            try (ResultSet r = m.getTables(null, "dbo", "Number%", new String[] { "TABLE" })) {
                r.next();
                same(r.getString("TABLE_NAME"), "Numbers", "table");
            }
            same(m.getDatabaseProductName(), "Microsoft SQL Server", "product");
        });
        check("cursor", () -> {
            try (Statement s = c.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
                ResultSet r = s.executeQuery("SELECT id FROM dbo.Numbers WHERE id <= 100 ORDER BY id")) {
                r.last();
                same(r.getInt(1), 100, "last");
                r.absolute(50);
                same(r.getInt(1), 50, "absolute");
                r.previous();
                same(r.getInt(1), 49, "previous");
            }
        });
        c.close();
    }
}
