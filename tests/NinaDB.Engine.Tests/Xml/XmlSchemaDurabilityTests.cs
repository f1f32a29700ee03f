using NinaDB.Engine.Data;
using Xunit;

namespace NinaDB.Engine.Tests.Xml;

/// <summary>Collections and what they type live in the file of the database.</summary>
public sealed class XmlSchemaDurabilityTests
{
    [Fact]
    public void A_reopened_database_validates_as_before()
    {
        string folder = Directory.CreateTempSubdirectory("nina-xsd-").FullName;
        try
        {
            string path = Path.Combine(folder, "typed.db");
            using (NinaConnection connection = OpenFile(path))
            {
                Execute(connection, "CREATE XML SCHEMA COLLECTION c AS N'<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"><xs:element name=\"a\" type=\"xs:int\"/></xs:schema>'");
                Execute(connection, "CREATE TABLE t (u xml, x xml(DOCUMENT c))");
                Execute(connection, "EXEC('CREATE PROCEDURE p @x xml(c) AS SELECT CAST(@x AS nvarchar(max))')");
                Execute(connection, "ALTER XML SCHEMA COLLECTION c ADD N'<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"><xs:element name=\"b\" type=\"xs:decimal\"/></xs:schema>'");
                Execute(connection, "INSERT t VALUES ('<any/>', '<b>1.50</b>')");
            }

            using (NinaConnection connection = OpenFile(path))
            {
                Assert.Equal("<b>1.5</b>", Scalar(connection, "SELECT CAST(x AS nvarchar(max)) FROM t"));
                Assert.Equal(6901, Assert.Throws<NinaException>(() => Execute(connection, "INSERT t VALUES (NULL, '<a>1</a><a>2</a>')")).Number);
                Assert.Equal(6926, Assert.Throws<NinaException>(() => Execute(connection, "EXEC p '<a>x</a>'")).Number);
                Assert.Equal(6328, Assert.Throws<NinaException>(() => Execute(connection, "DROP XML SCHEMA COLLECTION c")).Number);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static NinaConnection OpenFile(string path)
    {
        var connection = new NinaConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Execute(NinaConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Scalar(NinaConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
