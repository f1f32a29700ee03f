using System.Globalization;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Xml;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>FOR XML EXPLICIT: the first two columns of a row say which element it is and inside which; names of the others say where their values go.</summary>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/xml/use-explicit-mode-with-for-xml.</remarks>
internal sealed class XmlExplicitFormatter : XmlFormatter
{
    private readonly IReadOnlyList<FormatColumn> _columns;
    private readonly Dictionary<int, Tag> _tags;
    private readonly List<Tag> _open = [];
    private bool _isStarted;

    private XmlExplicitFormatter(IReadOnlyList<FormatColumn> columns, Dictionary<int, Tag> tags, XmlFormat format) : base(format)
    {
        _columns = columns;
        _tags = tags;
    }

    private enum Directive : byte
    {
        Attribute, Element, ElementXsiNil, Xml, CharacterData, XmlText, Hide,
    }

    private sealed record Field(FormatColumn Column, string Name, Directive Directive);

    private sealed class Tag(int number, string name)
    {
        public int Number { get; } = number;

        public string Name { get; } = name;

        public List<Field> Fields { get; } = [];
    }

    public static Func<RowFormatter> Prepare(IReadOnlyList<FormatColumn> columns, XmlFormat format)
    {
        if (format.Namespaces.Count > 0)
        {
            throw SqlErrors.Create(6868);
        }

        foreach (FormatColumn column in columns)
        {
            if (!format.Clause.BinaryBase64 && column.Type.IsBinary && column.Type.Id != SqlTypeId.RowVersion)
            {
                throw SqlErrors.Create(6829, column.Name);
            }
        }

        if (format.Clause.Elements)
        {
            throw SqlErrors.Create(6825);
        }

        if (columns.Count < 3)
        {
            throw SqlErrors.Create(6801);
        }

        CheckHead(columns[0], 1, "Tag", 6803);
        CheckHead(columns[1], 2, "Parent", 6804);
        var tags = new Dictionary<int, Tag>();
        foreach (FormatColumn column in columns.Skip(2))
        {
            AddField(tags, column);
        }

        format.Declare(tags.Values.Any(t => t.Fields.Exists(f => f.Directive == Directive.ElementXsiNil)));
        return () => new XmlExplicitFormatter(columns, tags, format);
    }

    private static void CheckHead(FormatColumn column, int position, string name, int error)
    {
        if (!column.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        {
            throw SqlErrors.Create(6820, position, name.ToUpperInvariant(), column.Name);
        }

        if (column.Type.Id is not (SqlTypeId.Int or SqlTypeId.Null))
        {
            throw SqlErrors.Create(error);
        }
    }

    /// <summary>ElementName!TagNumber[!AttributeName[!Directive ...]].</summary>
    private static void AddField(Dictionary<int, Tag> tags, FormatColumn column)
    {
        string[] parts = column.Name.Split('!');
        if (parts.Length < 2 || parts[0].Length == 0 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number <= 0)
        {
            throw SqlErrors.Create(6802, column.Name);
        }

        if (!tags.TryGetValue(number, out Tag? tag))
        {
            tags.Add(number, tag = new Tag(number, parts[0]));
        }

        if (tag.Name != parts[0])
        {
            throw SqlErrors.Create(6812, number, tag.Name, parts[0]);
        }

        string name = parts.Length > 2 ? parts[2] : "";
        Directive directive = ReadDirective(parts.Skip(3), name, column);
        if (directive == Directive.XmlText && tag.Fields.Exists(f => f.Directive == Directive.XmlText))
        {
            throw SqlErrors.Create(6827, column.Name);
        }

        tag.Fields.Add(new Field(column, name, directive));
    }

    private static Directive ReadDirective(IEnumerable<string> words, string name, FormatColumn column)
    {
        bool hides = false;
        bool identifies = false;
        Directive? placed = null;
        foreach (string word in words)
        {
            switch (word.ToUpperInvariant())
            {
                case "HIDE":
                    hides = hides ? throw SqlErrors.Create(6835, column.Name) : true;
                    break;
                case "ID" or "IDREF" or "NMTOKEN" or "IDREFS" or "NMTOKENS":
                    if (word.EndsWith("S", StringComparison.OrdinalIgnoreCase))
                    {
                        throw SqlErrors.Create(6826);
                    }

                    identifies = identifies ? throw SqlErrors.Create(6813, column.Name) : true;
                    break;
                case "ELEMENT" or "ELEMENTXSINIL" or "XML" or "CDATA" or "XMLTEXT":
                    if (placed is not null)
                    {
                        throw SqlErrors.Create(6817, column.Name);
                    }

                    placed = word.ToUpperInvariant() switch
                    {
                        "ELEMENT" => Directive.Element,
                        "ELEMENTXSINIL" => Directive.ElementXsiNil,
                        "XML" => Directive.Xml,
                        "CDATA" => Directive.CharacterData,
                        _ => Directive.XmlText,
                    };
                    break;
                default:
                    throw SqlErrors.Create(6824, word);
            }
        }

        if (hides && identifies)
        {
            throw SqlErrors.Create(6815, column.Name);
        }

        return hides ? Directive.Hide : placed ?? (name.Length == 0 || column.Type.Id == SqlTypeId.Xml ? Directive.Element : Directive.Attribute);
    }

    protected override IReadOnlyList<(string Name, IReadOnlyList<FormatColumn> Columns)> Levels => [];

    protected override void AddRow(SqlValue[] registers)
    {
        SqlValue tagValue = registers[_columns[0].Register];
        SqlValue parentValue = registers[_columns[1].Register];
        if (tagValue.IsNull || tagValue.AsInt64 <= 0)
        {
            throw SqlErrors.CreateWithState(6803, 2);
        }

        if (!parentValue.IsNull && parentValue.AsInt64 < 0)
        {
            throw SqlErrors.CreateWithState(6804, 2);
        }

        if (!_tags.TryGetValue(tagValue.AsInt32, out Tag? tag))
        {
            throw SqlErrors.CreateWithState(6806, 2, tagValue.AsInt64);
        }

        int parent = parentValue.IsNull ? 0 : parentValue.AsInt32;
        int keep = 0;
        if (parent != 0)
        {
            if (!_tags.ContainsKey(parent))
            {
                throw SqlErrors.CreateWithState(6807, 2, parent);
            }

            keep = _open.FindIndex(t => t.Number == parent) + 1;
            if (keep == 0)
            {
                throw SqlErrors.Create(6833, parent);
            }

            if (_open.FindIndex(0, keep, t => t.Number == tag.Number) >= 0)
            {
                throw SqlErrors.CreateWithState(6805, 2);
            }
        }

        Close(keep);
        FinishStart();
        Write(tag, registers);
        _open.Add(tag);
    }

    protected override void End() => Close(0);

    private void Close(int keep)
    {
        while (_open.Count > keep)
        {
            if (_isStarted)
            {
                Text.Append("/>");
                _isStarted = false;
            }
            else
            {
                Text.Append("</").Append(_open[^1].Name).Append('>');
            }

            _open.RemoveAt(_open.Count - 1);
        }
    }

    private void FinishStart()
    {
        if (_isStarted)
        {
            Text.Append('>');
            _isStarted = false;
        }
    }

    private void Write(Tag tag, SqlValue[] registers)
    {
        Text.Append('<').Append(tag.Name).Append(_open.Count == 0 ? Declarations : "");
        _isStarted = true;
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (Field field in tag.Fields)
        {
            SqlValue value = registers[field.Column.Register];
            if (field.Directive == Directive.Attribute && !value.IsNull)
            {
                AppendAttribute(field.Name, value, field.Column.Type);
                written.Add(field.Name);
            }
        }

        Overflow? overflow = null;
        foreach (Field field in tag.Fields)
        {
            if (field.Directive == Directive.XmlText && field.Name.Length == 0 && registers[field.Column.Register] is { IsNull: false } value)
            {
                overflow = Overflow.Read(value.AsString, field.Column.Name);
                overflow.AppendAttributes(Text, written);
            }
        }

        foreach (Field field in tag.Fields)
        {
            WriteContent(field, registers[field.Column.Register], overflow);
        }
    }

    private void WriteContent(Field field, in SqlValue value, Overflow? overflow)
    {
        switch (field.Directive)
        {
            case Directive.Element when !value.IsNull:
            case Directive.Xml when !value.IsNull:
            case Directive.CharacterData when !value.IsNull:
            case Directive.ElementXsiNil:
                FinishStart();
                WriteElement(field, value);
                break;
            case Directive.XmlText when !value.IsNull:
                FinishStart();
                if (field.Name.Length == 0)
                {
                    Text.Append(overflow!.Content);
                    break;
                }

                Overflow named = Overflow.Read(value.AsString, field.Column.Name);
                Text.Append('<').Append(field.Name);
                named.AppendAttributes(Text, []);
                Text.Append('>').Append(named.Content).Append("</").Append(field.Name).Append('>');
                break;
        }
    }

    private void WriteElement(Field field, in SqlValue value)
    {
        if (value.IsNull)
        {
            if (field.Name.Length > 0)
            {
                Text.Append('<').Append(field.Name).Append(" xsi:nil=\"true\"/>");
            }

            return;
        }

        if (field.Name.Length > 0)
        {
            Text.Append('<').Append(field.Name).Append('>');
        }

        switch (field.Directive)
        {
            case Directive.Xml:
                Text.Append(ValueText(value, field.Column.Type));
                break;
            case Directive.CharacterData:
                Text.Append("<![CDATA[").Append(ValueText(value, field.Column.Type).Replace("]]>", "]]]><![CDATA[]>", StringComparison.Ordinal)).Append("]]>");
                break;
            default:
                AppendContent(value, field.Column.Type);
                break;
        }

        if (field.Name.Length > 0)
        {
            Text.Append("</").Append(field.Name).Append('>');
        }
    }

    /// <summary>The overflow column of OPENXML: an element whose attributes and content go into another one as they were written.</summary>
    private sealed class Overflow(List<(string Name, string Value)> attributes, string content)
    {
        public string Content { get; } = content;

        public void AppendAttributes(System.Text.StringBuilder text, HashSet<string> written)
        {
            foreach ((string name, string value) in attributes)
            {
                if (written.Add(name))
                {
                    text.Append(' ').Append(name).Append("=\"").Append(value).Append('"');
                }
            }
        }

        public static Overflow Read(string text, string column)
        {
            XmlNode document;
            try
            {
                document = XmlParser.Parse(text, keepsWhitespace: true);
            }
            catch (SqlErrorException)
            {
                throw SqlErrors.CreateWithState(6834, 2, column);
            }

            if (!document.Children.Exists(c => c.Kind == XmlNodeKind.Element))
            {
                throw SqlErrors.Create(6834, column);
            }

            // The text is well-formed: what is between quotes and brackets can be taken as it stands.
            int at = 0;
            while (text[at] != '<' || text[at + 1] is '?' or '!')
            {
                at = text[at] != '<' ? at + 1 : text.IndexOf(text[at + 1] == '?' ? "?>" : "-->", at, StringComparison.Ordinal) + 2;
            }

            var attributes = new List<(string, string)>();
            at = text.AsSpan(at).IndexOfAny(" \t\r\n/>") + at;
            while (true)
            {
                while (char.IsWhiteSpace(text[at]))
                {
                    at++;
                }

                if (text[at] is '/' or '>')
                {
                    break;
                }

                int equal = text.IndexOf('=', at);
                string name = text[at..equal].Trim();
                int open = text.AsSpan(equal).IndexOfAny('"', '\'') + equal;
                int close = text.IndexOf(text[open], open + 1);
                attributes.Add((name, text[(open + 1)..close]));
                at = close + 1;
            }

            if (text[at] == '/')
            {
                return new Overflow(attributes, "");
            }

            int end = text.LastIndexOf("</", StringComparison.Ordinal);
            return new Overflow(attributes, text[(at + 1)..end]);
        }
    }
}
