using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>Table-valued functions of the sys schema about the server: fn_builtin_permissions, fn_virtualfilestats, and the two of clusters, which have no rows here.</summary>
internal static class ServerTableFunctions
{
    private static readonly SqlType Word = SqlType.NVarChar(60);

    public static SystemTableFunction[] All { get; } =
    [
        new SystemTableFunction(
            "fn_builtin_permissions",
            [Word],
            [
                new("class_desc", Word, true), new("permission_name", Word, true), new("type", SqlType.VarChar(4), true), new("covering_permission_name", Word, true),
                new("parent_class_desc", Word, true), new("parent_covering_permission_name", Word, true),
            ],
            (_, a) => Permissions(a[0].IsNull ? null : a[0].AsString)),
        new SystemTableFunction(
            "fn_virtualfilestats",
            [SqlType.Int, SqlType.Int],
            [
                new("DbId", SqlType.SmallInt, true), new("FileId", SqlType.SmallInt, true), new("TimeStamp", SqlType.BigInt, true), new("NumberReads", SqlType.BigInt, true),
                new("BytesRead", SqlType.BigInt, true), new("IoStallReadMS", SqlType.BigInt, true), new("NumberWrites", SqlType.BigInt, true), new("BytesWritten", SqlType.BigInt, true),
                new("IoStallWriteMS", SqlType.BigInt, true), new("IoStallMS", SqlType.BigInt, true), new("BytesOnDisk", SqlType.BigInt, true), new("FileHandle", SqlType.VarBinary(8), true),
            ],
            FileStatistics),
        new SystemTableFunction("fn_servershareddrives", [], [new("DriveName", SqlType.NChar(1), true)], static (_, _) => []),
        new SystemTableFunction(
            "fn_virtualservernodes",
            [],
            [new("NodeName", SqlType.NVarChar(256), true), new("status", SqlType.Int, true), new("status_description", SqlType.NVarChar(32), true), new("is_current_owner", SqlType.Bit, true)],
            static (_, _) => []),
    ];

    /// <summary>Every permission of one class, or of all: what covers it in its class and in the class around.</summary>
    private static IEnumerable<SqlValue[]> Permissions(string? className) =>
        from kind in PermissionCatalog.Classes
        where string.IsNullOrEmpty(className) || string.Equals(kind.Name, className.TrimEnd(), StringComparison.OrdinalIgnoreCase)
        from entry in kind.Permissions.Values.OrderBy(e => e.Name, StringComparer.Ordinal)
        select new[]
        {
            SqlValue.FromString(kind.Name), SqlValue.FromString(entry.Name), SqlValue.FromString(entry.Code, SqlTypeId.VarChar), SqlValue.FromString(entry.Covering), SqlValue.FromString(kind.Parent),
            SqlValue.FromString(entry.ParentCovering),
        };

    /// <summary>The data file of the database. This host does not count what the operating system reads and writes.</summary>
    private static IEnumerable<SqlValue[]> FileStatistics(EngineSession session, SqlValue[] arguments)
    {
        short id = (short)session.DatabaseId;
        if ((arguments[0].IsNull || arguments[0].AsInt32 == id) && (arguments[1].IsNull || arguments[1].AsInt32 == 1))
        {
            yield return
            [
                SqlValue.FromSmallInt(id), SqlValue.FromSmallInt(1), SqlValue.FromBigInt(Environment.TickCount64), .. Enumerable.Repeat(SqlValue.FromBigInt(0), 8), SqlValue.FromBinary(new byte[8]),
            ];
        }
    }
}
