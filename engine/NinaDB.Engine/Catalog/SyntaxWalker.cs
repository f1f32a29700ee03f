using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Catalog;

/// <summary>Walks any syntax tree through its properties. Only DDL uses it (dependencies, columns of a constraint), so reflection is fast enough.</summary>
internal static class SyntaxWalker
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Children = new();

    /// <summary>The node and everything below it, parents first.</summary>
    public static IEnumerable<SyntaxNode> Descendants(object? root)
    {
        switch (root)
        {
            case null or string:
                yield break;
            case SyntaxNode node:
                yield return node;
                break;
            case IDictionary:
                yield break;
            case IEnumerable items:
                foreach (object? item in items)
                {
                    foreach (SyntaxNode found in Descendants(item))
                    {
                        yield return found;
                    }
                }

                yield break;
        }

        foreach (PropertyInfo property in Children.GetOrAdd(root.GetType(), MayHoldNodes))
        {
            foreach (SyntaxNode found in Descendants(property.GetValue(root)))
            {
                yield return found;
            }
        }
    }

    /// <summary>What the properties of a node hold: nodes, lists of nodes, nulls.</summary>
    public static IEnumerable<object?> ChildrenOf(SyntaxNode node) => Children.GetOrAdd(node.GetType(), MayHoldNodes).Select(p => p.GetValue(node));

    /// <summary>Names of the unqualified or table-qualified columns that an expression or condition uses.</summary>
    public static HashSet<string> ColumnNames(SyntaxNode node)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var dateparts = new HashSet<SyntaxNode>(ReferenceEqualityComparer.Instance);
        foreach (SyntaxNode found in Descendants(node))
        {
            if (found is FunctionCallExpression { Arguments: [ColumnExpression { Qualifier.Count: 0 } first, ..] } call && IsDatepartFunction(call.Name.Name))
            {
                dateparts.Add(first);
            }
            else if (found is ColumnExpression column && !dateparts.Contains(column))
            {
                names.Add(column.Name);
            }
        }

        return names;
    }

    private static bool IsDatepartFunction(string name) => name.ToUpperInvariant() is
        "DATEADD" or "DATEDIFF" or "DATEDIFF_BIG" or "DATENAME" or "DATEPART" or "DATETRUNC" or "DATE_BUCKET";

    private static PropertyInfo[] MayHoldNodes(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0 && MayHold(p.PropertyType))];

    private static bool MayHold(Type type)
    {
        if (type == typeof(string) || type.IsPrimitive || type.IsEnum || Nullable.GetUnderlyingType(type) is { IsPrimitive: true })
        {
            return false;
        }

        if (typeof(SyntaxNode).IsAssignableFrom(type))
        {
            return true;
        }

        if (type.IsGenericType)
        {
            return type.GetGenericArguments().Any(MayHold) && !typeof(IDictionary).IsAssignableFrom(type) && type.GetGenericTypeDefinition() != typeof(IReadOnlyDictionary<,>);
        }

        // Records of the syntax tree (hints, frame bounds, predicates of policies) hold nodes too.
        return type.Namespace == typeof(SyntaxNode).Namespace;
    }
}
