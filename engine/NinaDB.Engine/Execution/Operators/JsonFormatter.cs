using System.Globalization;
using System.Text;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>A column as FOR JSON and FOR XML see it.</summary>
internal sealed record FormatColumn(string Name, SqlType Type, int Register)
{
    /// <summary>It may be NULL, as an inline schema says.</summary>
    public bool IsNullable { get; init; } = true;

    /// <summary>Its text already is JSON (or XML).</summary>
    public bool IsRaw { get; init; }

    /// <summary>The table it comes from as FROM names it; null for computed columns.</summary>
    public string? Source { get; init; }

    /// <summary>The base table and column behind it, where there is one.</summary>
    public Catalog.TableDefinition? Table { get; init; }

    public Catalog.ColumnDefinition? Definition { get; init; }
}

/// <summary>JSON text of values as FOR JSON writes them.</summary>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/json/how-for-json-converts-sql-server-data-types-to-json-data-types-sql-server.</remarks>
internal static class JsonText
{
    public static void Write(StringBuilder text, in SqlValue value, FormatColumn column)
    {
        if (value.IsNull)
        {
            text.Append("null");
            return;
        }

        if (column.IsRaw)
        {
            text.Append(value.AsString);
            return;
        }

        WriteValue(text, value, column.Type);
    }

    public static void WriteValue(StringBuilder text, in SqlValue value, SqlType type)
    {
        switch (type.Id)
        {
            case SqlTypeId.Bit:
                text.Append(value.AsBoolean ? "true" : "false");
                break;
            case SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt:
                text.Append(CultureInfo.InvariantCulture, $"{value.AsInt64}");
                break;
            case SqlTypeId.Money or SqlTypeId.SmallMoney:
                text.Append(((decimal)value.AsInt64 / 10_000m).ToString("0.0000", CultureInfo.InvariantCulture));
                break;
            case SqlTypeId.Decimal or SqlTypeId.Numeric:
                text.Append(SqlFormat.ToText(value, type));
                break;
            case SqlTypeId.Float:
                text.Append(value.AsDouble.ToString("0.000000000000000e+000", CultureInfo.InvariantCulture));
                break;
            case SqlTypeId.Real:
                text.Append(value.AsDouble.ToString("0.0000000e+000", CultureInfo.InvariantCulture));
                break;
            case SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion:
                text.Append('"').Append(Convert.ToBase64String(value.AsBytes)).Append('"');
                break;
            case SqlTypeId.SqlVariant:
                WriteValue(text, value.AsVariant.Value, value.AsVariant.Type);
                break;
            case SqlTypeId.Vector or SqlTypeId.Json:
                text.Append(SqlFormat.ToText(value, type));
                break;
            case SqlTypeId.Date or SqlTypeId.Time or SqlTypeId.SmallDateTime or SqlTypeId.DateTime or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset:
                text.Append('"').Append(DateText(value, type)).Append('"');
                break;
            case SqlTypeId.HierarchyId or SqlTypeId.Udt or SqlTypeId.Geometry or SqlTypeId.Geography:
                throw SqlErrors.Create(13604);
            default:
                WriteString(text, value.Kind is SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.Text or SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.NText or SqlTypeId.Xml
                    ? value.AsString
                    : SqlFormat.ToText(value, type));
                break;
        }
    }

    private const long DatetimeEpochTicks = 599_266_080_000_000_000;

    /// <summary>ISO 8601; a zero fraction of a second is left out.</summary>
    public static string DateText(in SqlValue value, SqlType type)
    {
        switch (type.Id)
        {
            case SqlTypeId.Date:
                return new DateTime(value.AsInt64 * TimeSpan.TicksPerDay).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            case SqlTypeId.Time:
                return new DateTime(value.AsInt64).ToString("HH:mm:ss", CultureInfo.InvariantCulture) + Fraction(value.AsInt64, type.Scale);
            case SqlTypeId.DateTime:
                {
                    long milliseconds = (long)Math.Round(value.AsInt64 * 10.0 / 3.0, MidpointRounding.AwayFromZero);
                    var date = new DateTime(DatetimeEpochTicks + (milliseconds * TimeSpan.TicksPerMillisecond));
                    return date.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + Fraction(date.Ticks, 3);
                }

            case SqlTypeId.DateTimeOffset:
                {
                    var local = new DateTime(value.AsInt64 + (value.OffsetMinutes * TimeSpan.TicksPerMinute));
                    string offset = value.OffsetMinutes == 0
                        ? "Z"
                        : string.Create(CultureInfo.InvariantCulture, $"{(value.OffsetMinutes < 0 ? '-' : '+')}{Math.Abs(value.OffsetMinutes) / 60:00}:{Math.Abs(value.OffsetMinutes) % 60:00}");
                    return local.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + Fraction(local.Ticks, type.Scale) + offset;
                }

            default:
                {
                    var date = new DateTime(value.AsInt64);
                    return date.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + Fraction(date.Ticks, type.Id == SqlTypeId.SmallDateTime ? 0 : type.Scale);
                }
        }
    }

    private static string Fraction(long ticks, int scale)
    {
        long fraction = ticks % TimeSpan.TicksPerSecond;
        return fraction == 0 || scale == 0 ? "" : "." + fraction.ToString("0000000", CultureInfo.InvariantCulture)[..scale];
    }

    /// <summary>A quoted string with FOR JSON's escapes (the slash among them).</summary>
    public static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            switch (c)
            {
                case '"':
                    text.Append("\\\"");
                    break;
                case '\\':
                    text.Append("\\\\");
                    break;
                case '/':
                    text.Append("\\/");
                    break;
                case '\b':
                    text.Append("\\b");
                    break;
                case '\f':
                    text.Append("\\f");
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                default:
                    if (c < ' ')
                    {
                        text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    }
                    else
                    {
                        text.Append(c);
                    }

                    break;
            }
        }

        text.Append('"');
    }
}

/// <summary>What both FOR JSON modes share: the array around the objects and ROOT.</summary>
internal abstract class JsonFormatter(ForClause clause, string defaultRoot) : RowFormatter
{
    protected StringBuilder Text { get; } = new();

    protected bool IncludeNulls { get; } = clause.IncludeNullValues;

    protected bool HasRows { get; set; }

    protected void Begin()
    {
        if (clause.Root is { } root)
        {
            Text.Append('{');
            JsonText.WriteString(Text, clause.HasDefaultRoot ? defaultRoot : root);
            Text.Append(':');
        }

        if (!clause.WithoutArrayWrapper)
        {
            Text.Append('[');
        }
    }

    protected SqlValue End()
    {
        if (!clause.WithoutArrayWrapper)
        {
            Text.Append(']');
        }

        if (clause.Root is not null)
        {
            Text.Append('}');
        }

        return SqlValue.FromString(Text.ToString());
    }
}

/// <summary>FOR JSON PATH: dots in column names nest objects.</summary>
internal sealed class JsonPathFormatter : JsonFormatter
{
    private readonly Node _root;

    private JsonPathFormatter(Node root, ForClause clause) : base(clause, "root") => _root = root;

    /// <summary>An object (with children) or a value (with a column).</summary>
    private sealed class Node(string name)
    {
        public string Name { get; } = name;

        public FormatColumn? Column { get; set; }

        public List<Node> Children { get; } = [];
    }

    public static Func<RowFormatter> Prepare(IReadOnlyList<FormatColumn> columns, ForClause clause)
    {
        var root = new Node("");
        foreach (FormatColumn column in columns)
        {
            Node node = root;
            string[] parts = column.Name.Split('.');
            if (Array.Exists(parts, p => p.Length == 0))
            {
                throw SqlErrors.Create(13603, column.Name);
            }

            for (int i = 0; i < parts.Length; i++)
            {
                Node? next = node.Children.Find(c => c.Name == parts[i]);
                bool isLeaf = i == parts.Length - 1;

                // An object can only be continued while it is the last one.
                if (next is not null && (isLeaf || next.Column is not null || !ReferenceEquals(next, node.Children[^1])))
                {
                    throw SqlErrors.Create(13601, column.Name);
                }

                if (next is null)
                {
                    next = new Node(parts[i]);
                    node.Children.Add(next);
                }

                node = next;
            }

            node.Column = column;
        }

        return () => new JsonPathFormatter(root, clause);
    }

    public override void Add(SqlValue[] registers)
    {
        if (HasRows)
        {
            Text.Append(',');
        }
        else
        {
            HasRows = true;
            Begin();
        }

        WriteObject(_root, registers);
    }

    public override SqlValue Finish() => HasRows ? End() : SqlValue.Null;

    private void WriteObject(Node node, SqlValue[] registers)
    {
        Text.Append('{');
        bool any = false;
        foreach (Node child in node.Children)
        {
            if (!IncludeNulls && IsEmpty(child, registers))
            {
                continue;
            }

            if (any)
            {
                Text.Append(',');
            }

            any = true;
            JsonText.WriteString(Text, child.Name);
            Text.Append(':');
            if (child.Column is { } column)
            {
                JsonText.Write(Text, registers[column.Register], column);
            }
            else
            {
                WriteObject(child, registers);
            }
        }

        Text.Append('}');
    }

    private static bool IsEmpty(Node node, SqlValue[] registers) =>
        node.Column is { } column ? registers[column.Register].IsNull : node.Children.TrueForAll(c => IsEmpty(c, registers));
}

/// <summary>FOR JSON AUTO: one level of nesting a table, in the order in which the select list first mentions them.</summary>
internal sealed class JsonAutoFormatter : JsonFormatter
{
    private readonly List<AutoLevel> _levels;
    private readonly SqlValue[][] _previous;

    private JsonAutoFormatter(List<AutoLevel> levels, ForClause clause) : base(clause, levels[0].Name)
    {
        _levels = levels;
        _previous = levels.ConvertAll(l => new SqlValue[l.Columns.Count]).ToArray();
    }

    /// <param name="columns">The select list.</param>
    /// <param name="clause">The clause.</param>
    /// <param name="first">The first table of FROM; null without FROM (error 13600).</param>
    public static Func<RowFormatter> Prepare(IReadOnlyList<FormatColumn> columns, ForClause clause, string? first)
    {
        List<AutoLevel> levels = AutoLevel.Build(columns, first ?? throw SqlErrors.Create(13600));
        foreach (AutoLevel level in levels)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            if (level.Columns.Find(c => !names.Add(c.Name)) is { } repeated)
            {
                throw SqlErrors.Create(13601, repeated.Name);
            }
        }

        return () => new JsonAutoFormatter(levels, clause);
    }

    public override void Add(SqlValue[] registers)
    {
        int first = 0;
        if (HasRows)
        {
            // Rows that repeat the values of outer levels continue their arrays.
            while (first < _levels.Count - 1 && _levels[first].Continues(_previous[first], registers))
            {
                first++;
            }

            for (int level = _levels.Count - 1; level > first; level--)
            {
                Text.Append("}]");
            }

            Text.Append("},");
        }
        else
        {
            HasRows = true;
            Begin();
        }

        for (int level = first; level < _levels.Count; level++)
        {
            if (level > first)
            {
                if (Text[^1] != '{')
                {
                    Text.Append(',');
                }

                JsonText.WriteString(Text, _levels[level].Name);
                Text.Append(":[");
            }

            Text.Append('{');
            WriteColumns(level, registers);
        }
    }

    public override SqlValue Finish()
    {
        if (!HasRows)
        {
            return SqlValue.Null;
        }

        for (int level = _levels.Count - 1; level > 0; level--)
        {
            Text.Append("}]");
        }

        Text.Append('}');
        return End();
    }

    private void WriteColumns(int level, SqlValue[] registers)
    {
        AutoLevel known = _levels[level];
        known.Keep(_previous[level], registers);
        bool any = false;
        foreach (FormatColumn column in known.Columns)
        {
            SqlValue value = registers[column.Register];
            if (value.IsNull && !IncludeNulls)
            {
                continue;
            }

            if (any)
            {
                Text.Append(',');
            }

            any = true;
            JsonText.WriteString(Text, column.Name);
            Text.Append(':');
            JsonText.Write(Text, value, column);
        }
    }
}
