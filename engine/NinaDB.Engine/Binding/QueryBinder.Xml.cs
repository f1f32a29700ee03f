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

        (XQuery query, List<BoundExpression> accessors) = CompileXQuery(call, XQueryText(call, 0, 1));
        if (query.Type.IsConstructed)
        {
            throw XQueryError(call, 2373, "'nodes()'");
        }

        return query.Type.IsAtomic ? throw XQueryError(call, 2374, "nodes()") : (query, target, accessors, Receiver(call.Target).Name);
    }
}
