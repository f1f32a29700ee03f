using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Operators;

/// <summary>FOR XML PATH: names of columns say where in the row's element they go.</summary>
/// <remarks>https://learn.microsoft.com/sql/relational-databases/xml/use-path-mode-with-for-xml.</remarks>
internal sealed class XmlPathFormatter : XmlFormatter
{
    private readonly Element _row;

    private XmlPathFormatter(Element row, XmlFormat format) : base(format) => _row = row;

    private enum PartKind : byte
    {
        Text, Data, Node, Comment, Instruction, Element,
    }

    /// <summary>Something inside an element: a column's value in some form, or another element.</summary>
    private sealed record Part(PartKind Kind, FormatColumn? Column, Element? Element, string Target);

    private sealed class Element(string name)
    {
        public string Name { get; } = name;

        public List<(string Name, FormatColumn Column)> Attributes { get; } = [];

        public List<Part> Parts { get; } = [];
    }

    public static Func<RowFormatter> Prepare(IReadOnlyList<FormatColumn> columns, XmlFormat format)
    {
        string name = format.Clause.ElementName ?? "row";
        if (name.Length > 0)
        {
            XmlNames.Check("Row", name, name, format.Namespaces);
        }

        var row = new Element(name);
        foreach (FormatColumn column in columns)
        {
            Place(row, column, format);
        }

        format.Declare(format.Clause.ElementsXsiNil);
        return () => new XmlPathFormatter(row, format);
    }

    private static void Place(Element row, FormatColumn column, XmlFormat format)
    {
        string alias = column.Name;
        if (alias.Length == 0)
        {
            row.Parts.Add(new Part(PartKind.Node, column, null, ""));
            return;
        }

        if (alias.StartsWith('/') || alias.EndsWith('/') || alias.Contains("//", StringComparison.Ordinal))
        {
            throw SqlErrors.Create(6849, alias);
        }

        string[] steps = alias.Split('/');
        Element element = row;
        foreach (string step in steps.AsSpan(0, steps.Length - 1))
        {
            XmlNames.Check("Column", step, alias, format.Namespaces);
            element = Continue(element, step);
        }

        PlaceLast(row, element, steps[^1], column, format);
    }

    /// <summary>The element of a name that was written last inside another one, else a new one.</summary>
    private static Element Continue(Element parent, string name)
    {
        if (parent.Parts is [.., { Kind: PartKind.Element, Element: { } last }] && last.Name == name)
        {
            return last;
        }

        var added = new Element(name);
        parent.Parts.Add(new Part(PartKind.Element, null, added, ""));
        return added;
    }

    private static void PlaceLast(Element row, Element element, string step, FormatColumn column, XmlFormat format)
    {
        string alias = column.Name;
        bool isXml = column.Type.Id == SqlTypeId.Xml;
        switch (step)
        {
            case "*" or "node()":
                element.Parts.Add(new Part(PartKind.Node, column, null, ""));
                return;
            case "text()" or "data()" or "comment()":
                if (isXml)
                {
                    throw SqlErrors.Create(6853, alias);
                }

                element.Parts.Add(new Part(step switch { "text()" => PartKind.Text, "data()" => PartKind.Data, _ => PartKind.Comment }, column, null, ""));
                return;
        }

        if (step.StartsWith("processing-instruction(", StringComparison.Ordinal) && step.EndsWith(')'))
        {
            string target = step["processing-instruction(".Length..^1];
            if (target.Length == 0)
            {
                throw SqlErrors.Create(6854, alias);
            }

            if (target == "xml")
            {
                throw SqlErrors.Create(6879);
            }

            XmlNames.CheckCharacters("", target, alias);
            element.Parts.Add(isXml ? throw SqlErrors.Create(6853, alias) : new Part(PartKind.Instruction, column, null, target));
            return;
        }

        if (step.StartsWith('@'))
        {
            PlaceAttribute(row, element, step, column, format);
            return;
        }

        XmlNames.Check("Column", step, alias, format.Namespaces);
        Continue(element, step).Parts.Add(new Part(PartKind.Node, column, null, ""));
    }

    private static void PlaceAttribute(Element row, Element element, string step, FormatColumn column, XmlFormat format)
    {
        string name = step[1..];
        XmlNames.Check("Column", name.Length == 0 ? "@" : name, column.Name, format.Namespaces);
        if (column.Type.Id == SqlTypeId.Xml)
        {
            throw SqlErrors.Create(6851, column.Name);
        }

        if (ReferenceEquals(element, row) && row.Name.Length == 0)
        {
            throw SqlErrors.Create(6864);
        }

        if (element.Parts.Count > 0)
        {
            throw SqlErrors.Create(6852, column.Name);
        }

        if (element.Attributes.Exists(a => a.Name == name))
        {
            throw SqlErrors.Create(6810, column.Name);
        }

        element.Attributes.Add((name, column));
    }

    protected override IReadOnlyList<(string Name, IReadOnlyList<FormatColumn> Columns)> Levels => [];

    protected override void AddRow(SqlValue[] registers)
    {
        if (_row.Name.Length == 0)
        {
            WriteParts(_row, registers, isOutermost: true);
            return;
        }

        WriteElement(_row, registers, Declarations);
    }

    private void WriteElement(Element element, SqlValue[] registers, string declarations)
    {
        Text.Append('<').Append(element.Name).Append(declarations);
        foreach ((string name, FormatColumn column) in element.Attributes)
        {
            SqlValue value = registers[column.Register];
            if (!value.IsNull)
            {
                AppendAttribute(name, value, column.Type);
            }
        }

        int start = Text.Length;
        Text.Append('>');
        if (WriteParts(element, registers, isOutermost: false))
        {
            Text.Append("</").Append(element.Name).Append('>');
            return;
        }

        Text.Length = start;
        Text.Append(Format.Clause.ElementsXsiNil && element.Parts.Exists(p => p.Kind <= PartKind.Node) ? " xsi:nil=\"true\"/>" : "/>");
    }

    /// <summary>False when nothing was written, not even an empty value.</summary>
    private bool WriteParts(Element element, SqlValue[] registers, bool isOutermost)
    {
        bool any = false;
        bool afterData = false;
        foreach (Part part in element.Parts)
        {
            if (part.Element is { } child)
            {
                if (Exists(child, registers))
                {
                    WriteElement(child, registers, isOutermost ? Declarations : "");
                    any = true;
                    afterData = false;
                }

                continue;
            }

            SqlValue value = registers[part.Column!.Register];
            if (value.IsNull)
            {
                continue;
            }

            any = true;
            switch (part.Kind)
            {
                case PartKind.Comment:
                    WriteComment(ValueText(value, part.Column.Type));
                    break;
                case PartKind.Instruction:
                    Text.Append("<?").Append(part.Target).Append(' ').Append(ValueText(value, part.Column.Type)).Append("?>");
                    break;
                default:
                    if (part.Kind == PartKind.Data && afterData)
                    {
                        Text.Append(' ');
                    }

                    AppendContent(value, part.Column.Type);
                    break;
            }

            afterData = part.Kind == PartKind.Data;
        }

        return any;
    }

    private void WriteComment(string value)
    {
        if (value.Contains("--", StringComparison.Ordinal))
        {
            throw SqlErrors.CreateWithState(9322, 2, "");
        }

        Text.Append("<!--").Append(value.EndsWith('-') ? throw SqlErrors.CreateWithState(9322, 3, "") : value).Append("-->");
    }

    /// <summary>Whether anything of an element is there; under XSINIL a value that is NULL is there too.</summary>
    private bool Exists(Element element, SqlValue[] registers)
    {
        if (element.Attributes.Exists(a => !registers[a.Column.Register].IsNull))
        {
            return true;
        }

        foreach (Part part in element.Parts)
        {
            bool exists = part.Element is { } child ? Exists(child, registers)
                : !registers[part.Column!.Register].IsNull || (Format.Clause.ElementsXsiNil && part.Kind <= PartKind.Node);
            if (exists)
            {
                return true;
            }
        }

        return false;
    }
}
