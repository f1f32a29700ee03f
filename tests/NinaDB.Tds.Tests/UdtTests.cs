using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.Data.SqlClient;

namespace NinaDB.Tds.Tests;

/// <summary>Values of CLR types over the wire: their bytes, and in the metadata the class that a client may load to read them.</summary>
public sealed class UdtTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly string AssemblyPath = Path.Combine(AppContext.BaseDirectory, "NinaDB.Engine.TestAssembly.dll");

    [Fact]
    public void Columns_are_announced_as_user_defined_types_and_sent_as_bytes()
    {
        using SqlConnection connection = server.Open();
        string hash = Convert.ToHexString(SHA512.HashData(File.ReadAllBytes(AssemblyPath)));
        TestServer.Run(server.Database, $"EXEC sys.sp_add_trusted_assembly 0x{hash}, N'tests'; CREATE ASSEMBLY t FROM '{AssemblyPath}'; EXEC sp_configure 'clr enabled', 1; RECONFIGURE;");
        TestServer.Run(server.Database, "CREATE TYPE dbo.Point EXTERNAL NAME t.[TestAssembly.Point]; CREATE TYPE dbo.Document EXTERNAL NAME t.[TestAssembly.Document];");
        using var command = new SqlCommand("SELECT CAST('3,-4' AS dbo.Point) AS p, CAST(NULL AS dbo.Point) AS n, CAST('20000' AS dbo.Document) AS d, CAST('3,-4' AS dbo.Point).X AS x", connection);
        using SqlDataReader reader = command.ExecuteReader();
        DbColumn column = reader.GetColumnSchema()[0];
        Assert.StartsWith("TestAssembly.Point, NinaDB.Engine.TestAssembly, Version=", column.UdtAssemblyQualifiedName, StringComparison.Ordinal);
        Assert.EndsWith(".dbo.Point", reader.GetDataTypeName(0), StringComparison.Ordinal);
        Assert.True(reader.Read());
        Assert.Equal("00800000037FFFFFFC", Convert.ToHexString(reader.GetSqlBytes(0).Value));
        Assert.True(reader.IsDBNull(1));
        Assert.Equal(20004, reader.GetSqlBytes(2).Length);
        Assert.Equal(3, reader.GetInt32(3));
        Assert.False(reader.Read());
    }
}
