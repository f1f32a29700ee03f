using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>Table-valued functions of the sys schema about the server: fn_builtin_permissions, fn_virtualfilestats, and the two of clusters, which have no rows here.</summary>
internal static class ServerTableFunctions
{
    private static readonly SqlType Word = SqlType.NVarChar(60);

    /// <summary>Classes of securables, each with the class around it.</summary>
    private static readonly (string Class, string Parent)[] Classes =
    [
        ("SERVER", ""), ("DATABASE", "SERVER"), ("SCHEMA", "DATABASE"), ("OBJECT", "SCHEMA"), ("TYPE", "SCHEMA"), ("USER", "DATABASE"), ("ROLE", "DATABASE"), ("ASSEMBLY", "DATABASE"),
    ];

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

    /// <summary>Every permission of one class, or of all: what covers it in its class (CONTROL, itself aside) and in the class around (the same permission, or CONTROL).</summary>
    private static IEnumerable<SqlValue[]> Permissions(string? className)
    {
        foreach ((string name, string parent) in Classes.Where(c => className is null || string.Equals(c.Class, className, StringComparison.OrdinalIgnoreCase)))
        {
            string control = name == "SERVER" ? "CONTROL SERVER" : "CONTROL";
            byte number = PermissionNames.ClassOf(name)!.Value;
            foreach (string permission in PermissionNames.Of(name))
            {
                string around = parent.Length == 0 ? "" : PermissionNames.Of(parent).Contains(permission) ? permission : parent == "SERVER" ? "CONTROL SERVER" : "CONTROL";
                yield return
                [
                    SqlValue.FromString(name), SqlValue.FromString(permission), SqlValue.FromString(PermissionNames.Code(permission, number)!.TrimEnd(), SqlTypeId.VarChar),
                    SqlValue.FromString(permission == control ? "" : control), SqlValue.FromString(parent), SqlValue.FromString(around),
                ];
            }
        }
    }

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
