using System.Text;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>FOR XML RAW and FOR XML PATH.</summary>
internal sealed class XmlFormatter : RowFormatter
{
    private readonly StringBuilder _text = new();
    private readonly IReadOnlyList<FormatColumn> _columns;
    private readonly ForClause _clause;
    private readonly string _element;
    private bool _hasRows;

    private XmlFormatter(IReadOnlyList<FormatColumn> columns, ForClause clause)
    {
        _columns = columns;
        _clause = clause;
        _element = clause.ElementName ?? "row";
    }

    public static Func<RowFormatter> Prepare(IReadOnlyList<FormatColumn> columns, ForClause clause)
    {
        bool isAttributes = clause.Kind == ForKind.XmlRaw && !clause.Elements;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (FormatColumn column in columns)
        {
            if (clause.Kind == ForKind.XmlRaw && column.Name.Length == 0)
            {
                throw SqlErrors.Create(6809);
            }

            if (isAttributes && !names.Add(column.Name))
            {
                throw SqlErrors.Create(6810, column.Name);
            }
        }

        return () => new XmlFormatter(columns, clause);
    }

    public override void Add(SqlValue[] registers)
    {
        if (!_hasRows)
        {
            _hasRows = true;
            if (_clause.Root is { } root)
            {
                _text.Append('<').Append(root.Length == 0 ? "root" : root).Append('>');
            }
        }

        if (_clause.Kind == ForKind.XmlRaw && !_clause.Elements)
        {
            AddAttributes(registers);
        }
        else
        {
            AddElements(registers);
        }
    }

    public override SqlValue Finish()
    {
        if (!_hasRows)
        {
            return SqlValue.Null;
        }

        if (_clause.Root is { } root)
        {
            _text.Append("</").Append(root.Length == 0 ? "root" : root).Append('>');
        }

        return SqlValue.FromString(_text.ToString(), _clause.Type ? SqlTypeId.Xml : SqlTypeId.NVarChar);
    }

    private void AddAttributes(SqlValue[] registers)
    {
        _text.Append('<').Append(_element);
        foreach (FormatColumn column in _columns)
        {
            if (!registers[column.Register].IsNull)
            {
                _text.Append(' ').Append(column.Name).Append("=\"");
                Escape(ValueText(registers[column.Register], column.Type), isAttribute: true);
                _text.Append('"');
            }
        }

        _text.Append("/>");
    }

    private void AddElements(SqlValue[] registers)
    {
        // PATH: names starting with @ are attributes, slashes nest, unnamed columns and text() are plain content.
        var content = new StringBuilder();
        var attributes = new StringBuilder();
        var open = new List<string>();
        foreach (FormatColumn column in _columns)
        {
            SqlValue value = registers[column.Register];
            string name = column.Name;
            if (_clause.Kind == ForKind.XmlPath && name.StartsWith('@'))
            {
                if (!value.IsNull)
                {
                    attributes.Append(' ').Append(name.AsSpan(1)).Append("=\"");
                    Append(attributes, ValueText(value, column.Type), isAttribute: true);
                    attributes.Append('"');
                }

                continue;
            }

            bool isText = name.Length == 0 || name is "*" or "text()" or "node()" or "data()";
            string[] path = _clause.Kind == ForKind.XmlPath ? isText ? [] : name.Split('/') : [name];
            int keep = 0;
            while (keep < open.Count && keep < path.Length - 1 && open[keep] == path[keep])
            {
                keep++;
            }

            if (value.IsNull && !_clause.ElementsXsiNil)
            {
                continue;
            }

            Close(content, open, keep);
            for (int i = keep; i < path.Length - 1; i++)
            {
                content.Append('<').Append(path[i]).Append('>');
                open.Add(path[i]);
            }

            string? leaf = path.Length == 0 ? null : path[^1];
            if (value.IsNull)
            {
                content.Append('<').Append(leaf).Append(" xsi:nil=\"true\"/>");
                continue;
            }

            if (leaf is not null && leaf is not ("text()" or "*" or "node()"))
            {
                content.Append('<').Append(leaf).Append('>');
            }

            if (column.IsRaw)
            {
                content.Append(value.AsString);
            }
            else
            {
                Append(content, ValueText(value, column.Type), isAttribute: false);
            }

            if (leaf is not null && leaf is not ("text()" or "*" or "node()"))
            {
                content.Append("</").Append(leaf).Append('>');
            }
        }

        Close(content, open, 0);
        if (_element.Length == 0)
        {
            _text.Append(content);
        }
        else if (content.Length == 0)
        {
            _text.Append('<').Append(_element).Append(attributes).Append("/>");
        }
        else
        {
            _text.Append('<').Append(_element).Append(attributes).Append('>').Append(content).Append("</").Append(_element).Append('>');
        }
    }

    private static void Close(StringBuilder content, List<string> open, int keep)
    {
        while (open.Count > keep)
        {
            content.Append("</").Append(open[^1]).Append('>');
            open.RemoveAt(open.Count - 1);
        }
    }

    private static string ValueText(in SqlValue value, SqlType type) => type.Id switch
    {
        SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion => Convert.ToBase64String(value.AsBytes),
        SqlTypeId.Date or SqlTypeId.Time => SqlFormat.ToText(value, type),
        _ when type.IsDateOrTime => SqlFormat.ToText(value, type).Replace(' ', 'T'),
        _ => SqlFormat.ToText(value, type),
    };

    private void Escape(string value, bool isAttribute) => Append(_text, value, isAttribute);

    private static void Append(StringBuilder text, string value, bool isAttribute)
    {
        foreach (char c in value)
        {
            _ = c switch
            {
                '&' => text.Append("&amp;"),
                '<' => text.Append("&lt;"),
                '>' => text.Append("&gt;"),
                '"' when isAttribute => text.Append("&quot;"),
                '\n' when isAttribute => text.Append("&#x0A;"),
                '\r' => text.Append("&#x0D;"),
                _ => text.Append(c),
            };
        }
    }
}
