namespace NinaDB.Engine.Types;

/// <summary>One row of sys.types for a system type.</summary>
/// <param name="Name">Name in sys.types; the row-version type is called timestamp there.</param>
/// <param name="Id">The engine's type, as declared without arguments.</param>
/// <param name="SystemTypeId">sys.types.system_type_id.</param>
/// <param name="UserTypeId">sys.types.user_type_id.</param>
/// <param name="MaxLength">Bytes; -1 for max types.</param>
/// <param name="IsCollatable">True for character types: collation_name is the database's.</param>
internal sealed record SystemType(string Name, SqlTypeId Id, byte SystemTypeId, int UserTypeId, short MaxLength, byte Precision, byte Scale, bool IsCollatable, bool IsNullable = true, bool IsAssemblyType = false);

/// <summary>The system types as sys.types lists them, and the ids that sys.columns and TDS clients know them by.</summary>
internal static class SystemTypes
{
    public static IReadOnlyList<SystemType> All { get; } =
    [
        new("image", SqlTypeId.Image, 34, 34, 16, 0, 0, false),
        new("text", SqlTypeId.Text, 35, 35, 16, 0, 0, true),
        new("uniqueidentifier", SqlTypeId.UniqueIdentifier, 36, 36, 16, 0, 0, false),
        new("date", SqlTypeId.Date, 40, 40, 3, 10, 0, false),
        new("time", SqlTypeId.Time, 41, 41, 5, 16, 7, false),
        new("datetime2", SqlTypeId.DateTime2, 42, 42, 8, 27, 7, false),
        new("datetimeoffset", SqlTypeId.DateTimeOffset, 43, 43, 10, 34, 7, false),
        new("tinyint", SqlTypeId.TinyInt, 48, 48, 1, 3, 0, false),
        new("smallint", SqlTypeId.SmallInt, 52, 52, 2, 5, 0, false),
        new("int", SqlTypeId.Int, 56, 56, 4, 10, 0, false),
        new("smalldatetime", SqlTypeId.SmallDateTime, 58, 58, 4, 16, 0, false),
        new("real", SqlTypeId.Real, 59, 59, 4, 24, 0, false),
        new("money", SqlTypeId.Money, 60, 60, 8, 19, 4, false),
        new("datetime", SqlTypeId.DateTime, 61, 61, 8, 23, 3, false),
        new("float", SqlTypeId.Float, 62, 62, 8, 53, 0, false),
        new("sql_variant", SqlTypeId.SqlVariant, 98, 98, 8016, 0, 0, false),
        new("ntext", SqlTypeId.NText, 99, 99, 16, 0, 0, true),
        new("bit", SqlTypeId.Bit, 104, 104, 1, 1, 0, false),
        new("decimal", SqlTypeId.Decimal, 106, 106, 17, 38, 38, false),
        new("numeric", SqlTypeId.Numeric, 108, 108, 17, 38, 38, false),
        new("smallmoney", SqlTypeId.SmallMoney, 122, 122, 4, 10, 4, false),
        new("bigint", SqlTypeId.BigInt, 127, 127, 8, 19, 0, false),
        new("hierarchyid", SqlTypeId.HierarchyId, 240, 128, 892, 0, 0, false, IsAssemblyType: true),
        new("geometry", SqlTypeId.Geometry, 240, 129, -1, 0, 0, false, IsAssemblyType: true),
        new("geography", SqlTypeId.Geography, 240, 130, -1, 0, 0, false, IsAssemblyType: true),
        new("varbinary", SqlTypeId.VarBinary, 165, 165, 8000, 0, 0, false),
        new("varchar", SqlTypeId.VarChar, 167, 167, 8000, 0, 0, true),
        new("binary", SqlTypeId.Binary, 173, 173, 8000, 0, 0, false),
        new("char", SqlTypeId.Char, 175, 175, 8000, 0, 0, true),
        new("timestamp", SqlTypeId.RowVersion, 189, 189, 8, 0, 0, false, IsNullable: false),
        new("sysname", SqlTypeId.NVarChar, 231, 256, 256, 0, 0, true, IsNullable: false),
        new("nvarchar", SqlTypeId.NVarChar, 231, 231, 8000, 0, 0, true),
        new("nchar", SqlTypeId.NChar, 239, 239, 8000, 0, 0, true),
        new("xml", SqlTypeId.Xml, 241, 241, -1, 0, 0, false),
        new("json", SqlTypeId.Json, 244, 244, -1, 0, 0, false),
        new("vector", SqlTypeId.Vector, 165, 255, 8000, 0, 0, false),
    ];

    private static readonly Dictionary<string, SystemType> ByName = All.ToDictionary(t => t.Name, StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<SqlTypeId, SystemType> ById =
        All.Where(t => t.Name != "sysname").ToDictionary(t => t.Id);

    /// <summary>The system type with this name (sys.types spelling); null when there is none. "rowversion" finds timestamp.</summary>
    public static SystemType? Find(string name) =>
        ByName.GetValueOrDefault(name.Equals("rowversion", StringComparison.OrdinalIgnoreCase) ? "timestamp" : name);

    /// <summary>The row of a type id; null for Null, Cursor and Table.</summary>
    public static SystemType? Of(SqlTypeId id) => ById.GetValueOrDefault(id);

    /// <summary>system_type_id of a type; 243 for table types, 0 for the type of NULL.</summary>
    public static byte SystemTypeIdOf(SqlTypeId id) => id == SqlTypeId.Table ? (byte)243 : id == SqlTypeId.Udt ? (byte)240 : Of(id)?.SystemTypeId ?? 0;

    /// <summary>user_type_id of a system type.</summary>
    public static int UserTypeIdOf(SqlTypeId id) => Of(id)?.UserTypeId ?? 0;
}
