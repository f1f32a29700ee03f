using System.Collections.Concurrent;
using System.Data.SqlTypes;
using System.Globalization;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog;

/// <summary>How the families declare their views: columns as text ("name sysname, object_id int, principal_id int null"), rows as plain objects.</summary>
internal static partial class SystemViews
{
    private const string ObjectColumns =
        "name sysname, object_id int, principal_id int null, schema_id int, parent_object_id int, type char(2) null, type_desc nvarchar(60) null, "
        + "create_date datetime, modify_date datetime, is_ms_shipped bit, is_published bit, is_schema_published bit";

    private static readonly ConcurrentDictionary<string, SqlType> TypesByText = new(StringComparer.Ordinal);

    static partial void AddViews(Action<SystemView> add)
    {
        AddObjectViews(add);
        AddTableViews(add);
        AddColumnViews(add);
        AddConstraintViews(add);
        AddModuleViews(add);
        AddTypeViews(add);
        AddSecurityViews(add);
        AddDatabaseViews(add);
        AddDynamicViews(add);
        AddInformationSchemaViews(add);
        AddCompatibilityViews(add);
        AddAbsentViews(add);
        AddMoreViews(add);
        AddPlanViews(add);
        AddLockViews(add);
        AddUsageViews(add);
    }

    /// <summary>Declares sys.name.</summary>
    private static SystemView Sys(string name, string columns, Func<EngineSession, IEnumerable<object?[]>> rows) => Make("sys", name, columns, rows);

    /// <summary>Declares a view that this host never has rows for.</summary>
    private static SystemView Empty(string name, string columns) => Make("sys", name, columns, static _ => []);

    private static SystemView Make(string schema, string name, string columns, Func<EngineSession, IEnumerable<object?[]>> rows)
    {
        ResultColumnDefinition[] definitions = ParseColumns(columns);
        return new SystemView(schema, name, definitions, session => MetadataVisibility.Filter(session, schema, name, definitions, rows(session).Select(row => Convert(name, row, definitions))));
    }

    internal static ResultColumnDefinition[] ParseColumns(string text)
    {
        string[] parts = SplitColumns(text);
        var columns = new ResultColumnDefinition[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            string[] words = parts[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            columns[i] = new ResultColumnDefinition(words[0], TypesByText.GetOrAdd(words[1], static t => ParseType(t)), words.Length > 2);
        }

        return columns;
    }

    private static string[] SplitColumns(string text)
    {
        var parts = new List<string>();
        int start = 0;
        int depth = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ',' && depth == 0))
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
            else
            {
                depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            }
        }

        return [.. parts];
    }

    private static SqlType ParseType(string text)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        string name = open < 0 ? text : text[..open];
        string[] arguments = open < 0 ? [] : text[(open + 1)..^1].Split(',');
        int First() => arguments[0] == "max" ? SqlType.Max : int.Parse(arguments[0], CultureInfo.InvariantCulture);
        return name switch
        {
            "sysname" => SqlType.SysName,
            "int" => SqlType.Int,
            "bigint" => SqlType.BigInt,
            "smallint" => SqlType.SmallInt,
            "tinyint" => SqlType.TinyInt,
            "bit" => SqlType.Bit,
            "datetime" => SqlType.DateTime,
            "datetime2" => SqlType.DateTime2(7),
            "datetimeoffset" => SqlType.DateTimeOffset(7),
            "date" => SqlType.Date,
            "smalldatetime" => SqlType.SmallDateTime,
            "image" => SqlType.Image,
            "text" => SqlType.Text,
            "ntext" => SqlType.NText,
            "timestamp" => SqlType.RowVersion,
            "float" => SqlType.Float,
            "real" => SqlType.Real,
            "xml" => SqlType.Xml,
            "uniqueidentifier" => SqlType.UniqueIdentifier,
            "sql_variant" => SqlType.SqlVariant,
            "char" => SqlType.Char(First()),
            "varchar" => SqlType.VarChar(First()),
            "nchar" => SqlType.NChar(First()),
            "nvarchar" => SqlType.NVarChar(First()),
            "varbinary" => SqlType.VarBinary(First()),
            "binary" => SqlType.Binary(First()),
            "numeric" => SqlType.Numeric(First(), int.Parse(arguments[1], CultureInfo.InvariantCulture)),
            "decimal" => SqlType.Decimal(First(), int.Parse(arguments[1], CultureInfo.InvariantCulture)),
            _ => throw new InvalidOperationException($"A system view uses the type {text}, which its declaration cannot read."),
        };
    }

    internal static SqlValue[] Convert(string view, object?[] row, ResultColumnDefinition[] columns)
    {
        if (row.Length != columns.Length)
        {
            throw new InvalidOperationException($"The system view {view} has {columns.Length} columns, but a row of it has {row.Length} values.");
        }

        var values = new SqlValue[row.Length];
        for (int i = 0; i < row.Length; i++)
        {
            values[i] = Value(row[i], columns[i].Type);
        }

        return values;
    }

    /// <summary>A plain object as a value of a column's type; a <see cref="SqlValue"/> is taken as it is.</summary>
    internal static SqlValue Value(object? value, SqlType type) => value switch
    {
        null => SqlValue.Null,
        SqlValue already => already,
        string text => type.Id == SqlTypeId.SqlVariant
            ? SqlValue.FromVariant(SqlValue.FromString(text), SqlType.NVarChar(Math.Max(1, text.Length)))
            : SqlValue.FromString(type.Id is SqlTypeId.Char or SqlTypeId.NChar ? text.PadRight(type.Length) : text, type.Id),
        bool flag => SqlValue.FromInteger(type.Id, flag ? 1 : 0),
        DateTime time => type.Id == SqlTypeId.DateTime2 ? SqlValue.FromDateTime2(time.Ticks) : Clr.ClrConvert.To_DateTime(time < MinDateTime ? MinDateTime : time, SqlType.DateTime),
        Guid guid => SqlValue.FromGuid(guid),
        byte[] bytes => SqlValue.FromBinary(bytes),
        decimal number => type.Id == SqlTypeId.SqlVariant
            ? SqlValue.FromVariant(SqlValue.FromDecimal(new SqlDecimal(number), SqlTypeId.Numeric), SqlType.Numeric(38, 0))
            : SqlValue.FromDecimal(SqlDecimal.ConvertToPrecScale(new SqlDecimal(number), type.Precision, type.Scale), type.Id),
        double number => type.Id == SqlTypeId.Real ? SqlValue.FromReal((float)number) : SqlValue.FromFloat(number),
        int number when type.Id == SqlTypeId.SqlVariant => SqlValue.FromVariant(SqlValue.FromInt(number), SqlType.Int),
        IConvertible number => SqlValue.FromInteger(type.Id, number.ToInt64(CultureInfo.InvariantCulture)),
        _ => throw new InvalidOperationException($"A system view holds a {value.GetType().Name}."),
    };

    private static readonly DateTime MinDateTime = new(1900, 1, 1);

    /// <summary>An exact number as the sql_variant of an integral type (sequences, identities).</summary>
    internal static SqlValue Variant(decimal value, SqlType type) => type.IsDecimal
        ? SqlValue.FromVariant(SqlValue.FromDecimal(SqlDecimal.ConvertToPrecScale(new SqlDecimal(value), type.Precision, type.Scale), type.Id), type)
        : SqlValue.FromVariant(SqlValue.FromInteger(type.Id, (long)value), type);
}
