using System.Globalization;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Xml;

namespace NinaDB.Engine.Binding;

internal sealed partial class QueryBinder
{
    private const string JsonColumnName = "JSON_F52E2B61-18A1-11d1-B105-00805F49916B";
    private const string XmlColumnName = "XML_F52E2B61-18A1-11d1-B105-00805F49916B";

    /// <summary>FOR JSON and FOR XML: one text instead of the rows.</summary>
    private BoundSelect BindFor(ForClause? clause, Relation root, IReadOnlyList<OutputColumn> columns, SelectBlock? block, QueryExpression query, QueryPlace place)
    {
        if (clause is null)
        {
            return new BoundSelect(root, columns);
        }

        int register = _context.AllocateRegister();
        bool isJson = clause.Kind is ForKind.JsonPath or ForKind.JsonAuto;
        var format = new FormatColumn[columns.Count];
        for (int i = 0; i < format.Length; i++)
        {
            OutputColumn column = columns[i];
            var formatted = new FormatColumn(column.Name, column.Type, column.Register)
            {
                IsNullable = column.IsNullable,
                IsRaw = column.Type.Id == SqlTypeId.Json || (isJson ? block?.IsRawColumn(i) ?? false : column.Type.Id == SqlTypeId.Xml),
            };
            format[i] = block is null ? formatted : block.WithSource(formatted, i);
        }

        Func<RowFormatter> formatter = isJson ? PrepareJson(clause, format, query) : PrepareXml(clause, format, query);
        SqlType type = clause is { Type: true } && !isJson ? SqlType.Xml : SqlType.NVarCharMax;
        var text = new OutputColumn(isJson ? JsonColumnName : clause.Type ? "" : XmlColumnName, type, true, register) { IsComputed = true };
        return new BoundSelect(new FormatRelation(root, columns, register, formatter) { IsStatementResult = place == QueryPlace.Statement && _expanding == 0 && type.Id != SqlTypeId.Xml }, [text]);
    }

    /// <summary>A query whose rows a statement writes somewhere cannot be made into text (errors 6819 and 13602).</summary>
    internal static void RefuseFor(QueryExpression? query, string statement)
    {
        if (query?.For is { } clause)
        {
            throw SqlErrors.Create(clause.Kind is ForKind.JsonPath or ForKind.JsonAuto ? 13602 : 6819, statement);
        }
    }

    private static Func<RowFormatter> PrepareJson(ForClause clause, FormatColumn[] columns, QueryExpression query)
    {
        if (clause.Root is not null && clause.WithoutArrayWrapper)
        {
            throw SqlErrors.Create(13620);
        }

        foreach (FormatColumn column in columns)
        {
            if (column.Name.Length == 0)
            {
                throw SqlErrors.Create(13605);
            }

            if (column.Type.Id is SqlTypeId.Geometry or SqlTypeId.Geography)
            {
                throw SqlErrors.Create(13604);
            }
        }

        return clause.Kind == ForKind.JsonPath ? JsonPathFormatter.Prepare(columns, clause) : JsonAutoFormatter.Prepare(columns, clause, FirstSource(query));
    }

    private Func<RowFormatter> PrepareXml(ForClause clause, FormatColumn[] columns, QueryExpression query)
    {
        var format = new XmlFormat(clause, _context.XmlNamespaces);
        if (clause.ElementsXsiNil && format.Namespaces.Any(n => n.Prefix == "xsi"))
        {
            throw SqlErrors.Create(6873);
        }

        foreach (FormatColumn column in columns)
        {
            if (column.Type.Id is SqlTypeId.Geometry or SqlTypeId.Geography)
            {
                throw SqlErrors.Create(6865);
            }
        }

        if (clause.InlineSchema is { } directive)
        {
            RequireInlineSchema(clause, directive, columns);
        }

        Func<RowFormatter> formatter = clause.Kind switch
        {
            ForKind.XmlRaw => XmlRawFormatter.Prepare(columns, format),
            ForKind.XmlAuto => XmlAutoFormatter.Prepare(columns, format, FirstSource(query)),
            ForKind.XmlPath => XmlPathFormatter.Prepare(columns, format),
            _ => XmlExplicitFormatter.Prepare(columns, format),
        };
        if (clause.Root is { } root)
        {
            if (root.Length == 0)
            {
                throw SqlErrors.Create(6861);
            }

            XmlNames.Check("ROOT", root, root, format.Namespaces);
        }

        return formatter;
    }

    /// <summary>Errors 6847, 6848, 6855, 6860, 6862, 6863, 6868.</summary>
    private void RequireInlineSchema(ForClause clause, string directive, FormatColumn[] columns)
    {
        if (_context.XmlNamespaces.Count > 0)
        {
            throw SqlErrors.Create(6868);
        }

        if (clause.Kind == ForKind.XmlPath)
        {
            throw SqlErrors.Create(6855);
        }

        if (clause.Kind == ForKind.XmlExplicit)
        {
            throw SqlErrors.NotSupported($"FOR XML EXPLICIT, {directive}");
        }

        if (directive == "XMLDATA")
        {
            if (clause.Root is not null || clause.ElementName is not null)
            {
                throw SqlErrors.Create(6860);
            }

            return;
        }

        if (clause.SchemaUri is "")
        {
            throw SqlErrors.Create(6862);
        }

        if (clause.ElementName is "")
        {
            throw SqlErrors.Create(6863);
        }

        if (!clause.Elements && columns.FirstOrDefault(c => c.Type.Id == SqlTypeId.SqlVariant) is { } variant)
        {
            throw SqlErrors.Create(6847, variant.Name);
        }
    }

    /// <summary>The first table of FROM as it is named there, of the first branch of a set operation; null without FROM.</summary>
    private static string? FirstSource(QueryExpression query)
    {
        while (query is SetOperationQuery operation)
        {
            query = operation.Left;
        }

        if (query is not SelectQuery { From: [var source, ..] })
        {
            return null;
        }

        while (source is JoinTableSource join)
        {
            source = join.Left;
        }

        return source.Alias ?? source switch
        {
            NamedTableSource named => named.Name.ToString(),
            VariableTableSource variable => variable.Name,
            FunctionTableSource function => function.Call.Name.ToString(),
            OpenJsonTableSource => "OPENJSON",
            _ => "",
        };
    }

    /// <summary>The bindings of WITH XMLNAMESPACES: errors 6869 to 6874.</summary>
    private static IReadOnlyList<(string Prefix, string Uri)> CheckNamespaces(IReadOnlyList<(string Prefix, string Uri)> namespaces)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string prefix, string uri) in namespaces)
        {
            if (prefix == "xmlns")
            {
                throw SqlErrors.Create(6871, prefix);
            }

            if (XmlNames.Fault(prefix) is { } fault)
            {
                throw SqlErrors.Create(6870, prefix, fault.ToString(), ((int)fault).ToString("X4", CultureInfo.InvariantCulture));
            }

            if (prefix == "xml" && uri != XmlNode.XmlNamespace)
            {
                throw SqlErrors.Create(6872);
            }

            if (prefix != "xml" && uri == XmlNode.XmlNamespace)
            {
                throw SqlErrors.CreateWithState(6872, 2);
            }

            if (uri.Length == 0)
            {
                throw SqlErrors.Create(6874);
            }

            if (!names.Add(prefix))
            {
                throw SqlErrors.Create(6869, prefix.Length == 0 ? "default" : prefix);
            }
        }

        return namespaces;
    }

    private sealed partial class SelectBlock
    {
        /// <summary>Whether a column already is JSON that goes into the text as it is.</summary>
        public bool IsRawColumn(int index) => _columns[index].Syntax switch
        {
            ScalarSubqueryExpression { Query.For: { } inner } => inner.Kind is ForKind.JsonPath or ForKind.JsonAuto && !inner.WithoutArrayWrapper,
            FunctionCallExpression call => call.Name.Name.ToUpperInvariant() is "JSON_QUERY" or "JSON_OBJECT" or "JSON_ARRAY" or "JSON_MODIFY" or "JSON_ARRAYAGG" or "JSON_OBJECTAGG",
            _ => false,
        };

        /// <summary>A column with the table that it comes from, when the select list names it as such.</summary>
        public FormatColumn WithSource(FormatColumn column, int index)
        {
            foreach (ScopeSource source in _input.Sources)
            {
                ScopeColumn? found = _columns[index].Syntax switch
                {
                    ColumnExpression name => ExpressionBinder.Matches(source, name.Qualifier) ? source.Columns.FirstOrDefault(c => string.Equals(c.Name, name.Name, StringComparison.OrdinalIgnoreCase)) : null,
                    null => _columns[index].Expression is BoundColumn bound ? source.Columns.FirstOrDefault(c => c.Register == bound.Register) : null,
                    _ => null,
                };
                if (found is not null)
                {
                    return column with { Source = source.WrittenName ?? source.Alias, Table = source.Table, Definition = found.Definition };
                }
            }

            return column;
        }
    }
}
