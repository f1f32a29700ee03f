using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Xml;
using NinaDB.Engine.Types.Xml.XQuery;

namespace NinaDB.Engine.Binding;

/// <summary>nodes() as a table source: https://learn.microsoft.com/sql/t-sql/xml/nodes-method-xml-data-type.</summary>
internal sealed partial class QueryBinder
{
    private const double EstimatedNodes = 50;

    /// <summary>A row a node. Its column refers to the node in its document; only methods of xml read it.</summary>
    private BoundSource BindNodes(MethodTableSource syntax, BindingScope lateral)
    {
        MethodCallExpression call = syntax.Call;
        if (call.Method != "nodes")
        {
            throw SqlErrors.Create(call.Method is "value" or "query" or "exist" or "modify" ? 102 : 227, call.Method).At(call);
        }

        if (syntax.Alias is null || syntax.ColumnAliases is null)
        {
            throw SqlErrors.CreateWithState(318, 0).At(call);
        }

        if (syntax.ColumnAliases.Count > 1)
        {
            throw SqlErrors.Create(8159, syntax.Alias).At(call);
        }

        var binder = new ExpressionBinder(lateral, this);
        (XQuery query, BoundExpression target, List<BoundExpression> accessors, string? receiver) = binder.BindNodes(call);
        SqlType[] types = [.. accessors.Select(a => a.Type)];
        BoundSource source = Produce(
            syntax.Alias,
            null,
            [new ResultColumnDefinition(syntax.ColumnAliases[0], SqlType.Xml, true)],
            [target, .. accessors],
            (_, values) => values[0] is { IsNull: false } instance ? Nodes(query, instance.AsXml, values, types) : [],
            syntax.ColumnAliases,
            EstimatedNodes,
            "XML Reader with XPath filter");
        ScopeSource exposed = source.Sources[0];
        ScopeColumn column = exposed.Columns[0] with { NodeType = query.Type.With(XCount.One), NodeReceiver = receiver };
        return source with { Sources = [exposed with { Columns = [column] }] };
    }

    private static IEnumerable<SqlValue[]> Nodes(XQuery query, XmlNode item, SqlValue?[] values, SqlType[] types)
    {
        var accessors = new XAtomic?[types.Length];
        for (int i = 0; i < types.Length; i++)
        {
            accessors[i] = XmlAccessors.ToAtomic(values[i + 1] ?? SqlValue.Null, types[i]);
        }

        foreach (object node in query.Body.Evaluate(query.Context(item, accessors)))
        {
            yield return [SqlValue.FromXmlNode((XmlNode)node)];
        }
    }

    // ---- OPENXML ----

    private static readonly ResultColumnDefinition[] EdgeColumns =
    [
        new("id", SqlType.BigInt, false), new("parentid", SqlType.BigInt, true), new("nodetype", SqlType.Int, true), new("localname", SqlType.NVarChar(4000), true),
        new("prefix", SqlType.NVarChar(4000), true), new("namespaceuri", SqlType.NVarChar(4000), true), new("datatype", SqlType.NVarChar(4000), true), new("prev", SqlType.BigInt, true),
        new("text", SqlType.NText, true),
    ];

    private BoundSource BindOpenXml(OpenXmlTableSource syntax, BindingScope lateral)
    {
        var binder = new ExpressionBinder(lateral, this);
        BoundExpression[] arguments =
        [
            binder.Coerce(binder.Bind(syntax.Handle), SqlType.Int),
            binder.Coerce(binder.Bind(syntax.Pattern), SqlType.NVarCharMax),
            syntax.Flags is null ? new BoundConstant(SqlValue.FromInt(0), SqlType.Int) : binder.Coerce(binder.Bind(syntax.Flags), SqlType.Int),
        ];
        string alias = syntax.Alias ?? "OPENXML";
        OpenXmlColumnInfo[]? columns = OpenXmlColumns(syntax);
        ResultColumnDefinition[] definition = columns is null ? EdgeColumns : [.. columns.Select(c => new ResultColumnDefinition(c.Name, c.Type, true))];
        return Produce(
            alias,
            null,
            definition,
            arguments,
            (context, values) =>
            {
                PreparedXml document = context.Session.FindPreparedXml(values[0] is { IsNull: false } handle ? handle.AsInt32 : 0);
                string pattern = TextOf(values, 1) ?? "";
                int flags = values[2] is { IsNull: false } given ? given.AsInt32 : 0;
                return columns is null ? document.Edges(pattern) : document.Select(null, pattern).Select(node => document.Row(node, columns, flags));
            },
            syntax.ColumnAliases,
            EstimatedNodes,
            "Remote Scan");
    }

    private OpenXmlColumnInfo[]? OpenXmlColumns(OpenXmlTableSource syntax)
    {
        if (syntax.Columns is { } listed)
        {
            return [.. listed.Select((c, i) => new OpenXmlColumnInfo(c.Name, TypeResolver.Resolve(c.Type, _context.Catalog, TypeUse.Column(c.Name, i + 1)).Type, c.Pattern))];
        }

        if (syntax.Schema is not { } name)
        {
            return null;
        }

        ScopeSource table = BindSource(new NamedTableSource { Name = name, Line = syntax.Line }, new BindingScope(_context)).Sources[0];
        return [.. table.Columns.Select(c => new OpenXmlColumnInfo(c.Name, c.Type, null))];
    }
}

internal sealed partial class ExpressionBinder
{
    /// <summary>The parts of a call of nodes(): errors 258, 2374 and 2373 besides those of XQuery.</summary>
    public (XQuery Query, BoundExpression Target, List<BoundExpression> Accessors, string? Receiver) BindNodes(MethodCallExpression call)
    {
        BoundExpression target = BindNodeColumn(call.Target) ?? Bind(call.Target);
        if (target.Type.Id != SqlTypeId.Xml)
        {
            throw SqlErrors.Create(258, target.Type.Name).At(call);
        }

        (XQuery query, List<BoundExpression> accessors) = CompileXQuery(call, XQueryText(call, 0, 1), target.Type);
        if (query.Type.IsConstructed)
        {
            throw XQueryError(call, 2373, "'nodes()'");
        }

        return query.Type.IsAtomic ? throw XQueryError(call, 2374, "nodes()") : (query, target, accessors, Receiver(call.Target).Name);
    }
}
