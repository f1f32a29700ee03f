using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>FOR XML AUTO: an element a table, those of later tables inside those of earlier ones.</summary>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/xml/use-auto-mode-with-for-xml.</remarks>
internal sealed class XmlAutoFormatter : XmlFormatter
{
    private readonly List<AutoLevel> _levels;
    private readonly string[] _elements;
    private readonly string[][] _names;
    private readonly Dictionary<FormatColumn, Reference> _references;
    private readonly SqlValue[][] _previous;
    private bool _any;

    /// <summary>Whether the innermost element's start tag still waits for its end.</summary>
    private bool _isOpen;

    private XmlAutoFormatter(List<AutoLevel> levels, Dictionary<FormatColumn, Reference> references, XmlFormat format) : base(format)
    {
        _levels = levels;
        _references = references;
        _elements = [.. levels.Select(l => XmlNames.Encode(l.Name))];
        _names = [.. levels.Select(l => l.Columns.Select(c => XmlNames.Encode(c.Name)).ToArray())];
        _previous = [.. levels.Select(l => new SqlValue[l.Columns.Count])];
    }

    /// <summary>Where a binary value can be fetched from: dbobject/TABLE[@KEY='value']/@COLUMN.</summary>
    private sealed record Reference(string Table, string Column, IReadOnlyList<(string Name, FormatColumn Column)> Keys);

    public static Func<RowFormatter> Prepare(IReadOnlyList<FormatColumn> columns, XmlFormat format, string? first)
    {
        if (first is null)
        {
            throw SqlErrors.Create(6800);
        }

        foreach (FormatColumn column in columns)
        {
            if (column.Name.Length == 0)
            {
                throw SqlErrors.Create(6809);
            }
        }

        List<AutoLevel> levels = AutoLevel.Build(columns, first);
        if (!format.Clause.Elements)
        {
            foreach (AutoLevel level in levels)
            {
                var names = new HashSet<string>(StringComparer.Ordinal);
                if (level.Columns.Find(c => c.Type.Id != SqlTypeId.Xml && !names.Add(c.Name)) is { } repeated)
                {
                    throw SqlErrors.Create(6810, repeated.Name);
                }
            }
        }

        var references = new Dictionary<FormatColumn, Reference>(ReferenceEqualityComparer.Instance);
        if (!format.Clause.BinaryBase64)
        {
            foreach (FormatColumn column in columns)
            {
                if (column.Type.IsBinary && column.Type.Id != SqlTypeId.RowVersion)
                {
                    references.Add(column, Refer(column, columns));
                }
            }
        }

        format.Declare(format.Clause.ElementsXsiNil);
        return () => new XmlAutoFormatter(levels, references, format);
    }

    private static Reference Refer(FormatColumn column, IReadOnlyList<FormatColumn> columns)
    {
        if (column.Table is not { } table || column.Definition is not { } definition)
        {
            throw SqlErrors.Create(6830, column.Name);
        }

        var keys = new List<(string, FormatColumn)>();
        IndexDefinition key = table.Indexes.FirstOrDefault(i => i.IsPrimaryKey) ?? throw SqlErrors.Create(6831, column.Name);
        foreach (IndexColumn part in key.KeyColumns)
        {
            FormatColumn shown = columns.FirstOrDefault(c => ReferenceEquals(c.Table, table) && c.Source == column.Source && c.Definition?.ColumnId == part.ColumnId) ?? throw SqlErrors.Create(6831, column.Name);
            keys.Add((XmlNames.Encode(shown.Definition!.Name), shown));
        }

        return new Reference(XmlNames.Encode(table.Name), XmlNames.Encode(definition.Name), keys);
    }

    protected override IReadOnlyList<(string Name, IReadOnlyList<FormatColumn> Columns)> Levels => [.. _levels.Select((l, i) => (_elements[i], (IReadOnlyList<FormatColumn>)l.Columns))];

    protected override void AddRow(SqlValue[] registers)
    {
        int first = 0;
        if (_any)
        {
            while (first < _levels.Count - 1 && _levels[first].Continues(_previous[first], registers))
            {
                first++;
            }

            Close(first);
        }

        _any = true;
        for (int level = first; level < _levels.Count; level++)
        {
            if (_isOpen)
            {
                Text.Append('>');
                _isOpen = false;
            }

            Open(level, registers);
        }
    }

    protected override void End()
    {
        if (_any)
        {
            Close(0);
        }
    }

    /// <summary>Closes the elements from the innermost one to that of a level.</summary>
    private void Close(int level)
    {
        for (int i = _levels.Count - 1; i >= level; i--)
        {
            if (_isOpen)
            {
                Text.Append("/>");
                _isOpen = false;
            }
            else
            {
                Text.Append("</").Append(_elements[i]).Append('>');
            }
        }
    }

    private void Open(int level, SqlValue[] registers)
    {
        AutoLevel known = _levels[level];
        known.Keep(_previous[level], registers);
        Text.Append('<').Append(_elements[level]).Append(level == 0 ? Declarations : "");
        _isOpen = true;
        bool hasElements = Format.Clause.Elements;
        if (!hasElements)
        {
            for (int i = 0; i < known.Columns.Count; i++)
            {
                SqlValue value = registers[known.Columns[i].Register];
                if (!value.IsNull && known.Columns[i].Type.Id != SqlTypeId.Xml)
                {
                    AppendAttribute(_names[level][i], Shown(known.Columns[i], value, registers, out SqlType type), type);
                }
            }
        }

        for (int i = 0; i < known.Columns.Count; i++)
        {
            FormatColumn column = known.Columns[i];
            SqlValue value = registers[column.Register];
            if ((!hasElements && column.Type.Id != SqlTypeId.Xml) || (value.IsNull && !Format.Clause.ElementsXsiNil))
            {
                continue;
            }

            if (_isOpen)
            {
                Text.Append('>');
                _isOpen = false;
            }

            Text.Append('<').Append(_names[level][i]);
            if (value.IsNull)
            {
                Text.Append(" xsi:nil=\"true\"/>");
                continue;
            }

            Text.Append('>');
            SqlValue shown = Shown(column, value, registers, out SqlType type);
            AppendContent(shown, type);
            Text.Append("</").Append(_names[level][i]).Append('>');
        }
    }

    /// <summary>The value, or for a binary one without BINARY BASE64 a reference to it.</summary>
    private SqlValue Shown(FormatColumn column, in SqlValue value, SqlValue[] registers, out SqlType type)
    {
        type = column.Type;
        if (!_references.TryGetValue(column, out Reference? reference))
        {
            return value;
        }

        type = SqlType.NVarCharMax;
        IEnumerable<string> keys = reference.Keys.Select(k => $"@{k.Name}='{ValueText(registers[k.Column.Register], k.Column.Type)}'");
        return SqlValue.FromString($"dbobject/{reference.Table}[{string.Join("%20and%20", keys)}]/@{reference.Column}");
    }
}
