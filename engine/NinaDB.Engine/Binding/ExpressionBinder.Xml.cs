using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Xml;
using NinaDB.Engine.Types.Xml.XQuery;

namespace NinaDB.Engine.Binding;

/// <summary>Methods of the xml type: https://learn.microsoft.com/sql/t-sql/xml/xml-data-type-methods.</summary>
internal sealed partial class ExpressionBinder
{
    /// <summary>The reference to a column of nodes() that is being read by a method or IS NULL.</summary>
    private ColumnExpression? _nodeColumn;

    /// <summary>A column of nodes() for a reader that may have it; null for every other expression.</summary>
    private BoundExpression? BindNodeColumn(Expression expression)
    {
        if (expression is not ColumnExpression column || FindSource(column) is not { Column.NodeType: not null })
        {
            return null;
        }

        _nodeColumn = column;
        BoundExpression bound = Bind(column);
        _nodeColumn = null;
        return bound;
    }

    private (ScopeSource Source, ScopeColumn Column)? FindSource(ColumnExpression column)
    {
        for (BindingScope? scope = _scope; scope is not null; scope = scope.Outer)
        {
            if (FindColumn(scope, column) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>value(), query(), exist() and, where it computes an assignment, modify().</summary>
    private BoundFunctionCall BindXmlMethod(MethodCallExpression expression, BoundExpression target)
    {
        string method = expression.Method;
        bool isMutator = method == "modify";
        if (isMutator != expression.IsMutator && method is "value" or "query" or "exist" or "nodes" or "modify")
        {
            throw SqlErrors.Create(isMutator ? 8137 : 8113, method).At(expression);
        }

        return method switch
        {
            "value" => BindValue(expression, target),
            "query" => BindQueryMethod(expression, target),
            "exist" => BindExist(expression, target),
            "modify" => BindModify(expression, target),
            _ => throw SqlErrors.Create(227, method).At(expression),
        };
    }

    private BoundFunctionCall BindValue(MethodCallExpression expression, BoundExpression target)
    {
        string text = XQueryText(expression, 0, 2);
        string typeName = XQueryText(expression, 1, 2);
        (XQuery query, List<BoundExpression> accessors) = CompileXQuery(expression, text, target.Type);
        if (query.Type.IsConstructed)
        {
            throw XQueryError(expression, 2373, "data()");
        }

        if (!query.Type.IsSingle)
        {
            throw XQueryError(expression, 2389, "value()", query.Type.Atomized);
        }

        SqlType type = Locate(expression, () => ValueType(typeName));
        Func<SqlValue, SqlValue>? convert = SqlConvert.GetConverter(type.IsString ? SqlType.NVarCharMax : SqlType.NVarChar(4000), type);
        Func<SqlValue[], XContext> context = ContextFactory(query, accessors);
        return XmlCall(expression, target, accessors, type, $"{text}|{typeName}", arguments =>
        {
            if (query.Body.First(context(arguments)) is not { } item || (item is XmlNode { IsNil: true } && query.Type.Model is not null))
            {
                return SqlValue.Null;
            }

            string value = item is XmlNode node ? node.StringValue : ((XAtomic)item).Text;
            if (item is XAtomic { Value: 0.0 })
            {
                value = "0";
            }

            if (type.IsBinary)
            {
                return Base64(value, type);
            }

            SqlValue result = SqlValue.FromString(value);
            return convert is null ? result : convert(result);
        });
    }

    /// <summary>Binary types read base64; what is none is NULL.</summary>
    private static SqlValue Base64(string text, SqlType type)
    {
        var bytes = new byte[(text.Length * 3 / 4) + 3];
        return System.Convert.TryFromBase64String(text, bytes, out int written)
            ? SqlConvert.Convert(SqlValue.FromBinary(bytes[..written]), SqlType.VarBinaryMax, type)
            : SqlValue.Null;
    }

    /// <summary>The SQL type that value() is asked for (error 9500 for those that it does not give).</summary>
    private SqlType ValueType(string name)
    {
        try
        {
            IReadOnlyList<ParameterSyntax> parameters = Parser.ParseParameterList("@type " + name);
            if (parameters.Count == 1)
            {
                SqlType type = TypeResolver.Resolve(parameters[0].Type, _scope.Context.Catalog, TypeUse.Parameter("@type", 1)).Type;
                if (!type.IsLegacyLob && type.Id is not (SqlTypeId.Xml or SqlTypeId.SqlVariant or SqlTypeId.HierarchyId or SqlTypeId.Udt or SqlTypeId.Geometry or SqlTypeId.Geography or SqlTypeId.Json or SqlTypeId.Vector
                    or SqlTypeId.Table or SqlTypeId.Cursor))
                {
                    return type;
                }
            }
        }
        catch (SqlErrorException)
        {
            // Whatever is wrong with it, it is no type for value().
        }

        throw SqlErrors.Create(9500, name);
    }

    private BoundFunctionCall BindQueryMethod(MethodCallExpression expression, BoundExpression target)
    {
        string text = XQueryText(expression, 0, 1);
        (XQuery query, List<BoundExpression> accessors) = CompileXQuery(expression, text, target.Type);
        if (query.Type.Kind == XKind.Attribute)
        {
            throw XQueryError(expression, 2396);
        }

        Func<SqlValue[], XContext> context = ContextFactory(query, accessors);
        return XmlCall(expression, target, accessors, SqlType.Xml, text, arguments => SqlValue.FromString(query.Text(context(arguments)), SqlTypeId.Xml));
    }

    private BoundFunctionCall BindExist(MethodCallExpression expression, BoundExpression target)
    {
        string text = XQueryText(expression, 0, 1);
        (XQuery query, List<BoundExpression> accessors) = CompileXQuery(expression, text, target.Type);
        Func<SqlValue[], XContext> context = ContextFactory(query, accessors);
        return XmlCall(expression, target, accessors, SqlType.Bit, text, arguments => SqlValue.FromBit(query.Body.First(context(arguments)) is not null));
    }

    /// <summary>The new value of a variable or column after modify().</summary>
    private BoundFunctionCall BindModify(MethodCallExpression expression, BoundExpression target)
    {
        string text = XQueryText(expression, 0, 1);
        var accessors = new List<BoundExpression>();
        XModification modification = CompileLocated(expression, () => XQueryParser.CompileModification(text, XQueryOptions(expression, accessors, target.Type)));
        SqlType[] types = [.. accessors.Select(a => a.Type)];
        string name = expression.Target is VariableExpression variable ? variable.Name : ((ColumnExpression)expression.Target).Name;
        BoundFunctionCall call = XmlCall(expression, target, accessors, SqlType.Xml, text, arguments =>
        {
            if (arguments[0].IsNull)
            {
                throw SqlErrors.Aborting(SqlErrors.Create(5302, "modify()", name));
            }

            var values = new XAtomic?[types.Length];
            var instances = new XmlNode?[types.Length];
            for (int i = 0; i < types.Length; i++)
            {
                if (types[i].Id == SqlTypeId.Xml)
                {
                    instances[i] = arguments[i + 1].IsNull ? null : arguments[i + 1].AsXml;
                }
                else
                {
                    values[i] = XmlAccessors.ToAtomic(arguments[i + 1], types[i]);
                }
            }

            return SqlValue.FromString(modification.Apply(arguments[0].AsXml, values, instances), SqlTypeId.Xml);
        });
        return call;
    }

    // ---- what they share ----

    /// <summary>An argument, which has to be a string literal (error 8172); their number is fixed (error 174).</summary>
    private static string XQueryText(MethodCallExpression expression, int index, int count)
    {
        if (expression.Arguments.Count != count)
        {
            throw SqlErrors.Create(174, expression.Method, count).At(expression);
        }

        if (expression.Arguments[index] is not LiteralExpression { Kind: LiteralKind.String or LiteralKind.NationalString } literal)
        {
            throw SqlErrors.Create(8172, index + 1, expression.Method).At(expression);
        }

        return literal.Text.AsSpan().Trim().Length == 0 && index == 0 ? throw SqlErrors.Create(6306).At(expression) : literal.Text;
    }

    internal (XQuery Query, List<BoundExpression> Accessors) CompileXQuery(MethodCallExpression expression, string text, SqlType target)
    {
        var accessors = new List<BoundExpression>();
        return (CompileLocated(expression, () => XQueryParser.Compile(text, XQueryOptions(expression, accessors, target))), accessors);
    }

    private static T CompileLocated<T>(SyntaxNode node, Func<T> compile) => Locate(node, compile);

    private XQueryOptions XQueryOptions(MethodCallExpression expression, List<BoundExpression> accessors, SqlType target)
    {
        (string? receiver, XType? type) = Receiver(expression.Target);
        return new XQueryOptions
        {
            Method = expression.Method,
            Receiver = receiver,
            ContextType = type ?? (target.XmlSchema is { } schema ? XSchemaTyping.Document(schema) : XType.DocumentNode),
            Namespaces = _scope.Context.XmlNamespaces,
            Accessor = (name, isColumn) =>
            {
                BoundExpression bound = isColumn ? BindSqlColumn(name, expression) : BindSqlVariable(name, expression);
                accessors.Add(bound);
                return (accessors.Count - 1, bound.Type);
            },
        };
    }

    /// <summary>The column that a method is called on as messages name it, and what its rows refer to when nodes() made it.</summary>
    internal (string? Name, XType? Type) Receiver(Expression target)
    {
        if (target is not ColumnExpression column || FindSource(column) is not { } found)
        {
            return (null, null);
        }

        if (found.Column.NodeType is { } type)
        {
            return (found.Column.NodeReceiver, type);
        }

        string source = found.Source.ObjectName ?? found.Source.Alias;
        return (source.Length == 0 ? found.Column.Name : $"{source}.{found.Column.Name}", null);
    }

    private SqlErrorException XQueryError(MethodCallExpression expression, int number, params object?[] arguments)
    {
        string? receiver = Receiver(expression.Target).Name;
        string where = receiver is null ? $"XQuery [{expression.Method}()]: " : $"XQuery [{receiver}.{expression.Method}()]: ";
        return SqlErrors.Create(number, [where, .. arguments]).At(expression);
    }

    private BoundExpression BindSqlColumn(string name, SyntaxNode node)
    {
        string[] parts = name.Split('.');
        for (int i = 0; i < parts.Length; i++)
        {
            string part = parts[i].Trim();
            parts[i] = part is ['[', .., ']'] or ['"', .., '"'] ? part[1..^1] : part;
        }

        return Bind(new ColumnExpression { Qualifier = parts[..^1], Name = parts[^1], Line = node.Line, Offset = node.Offset, EndOffset = node.EndOffset });
    }

    private BoundExpression BindSqlVariable(string name, SyntaxNode node)
    {
        if (name.Length < 2 || name[0] != '@')
        {
            throw SqlErrors.Create(9519, name);
        }

        var variable = new VariableExpression { Name = name, Line = node.Line, Offset = node.Offset, EndOffset = node.EndOffset };
        try
        {
            return Bind(variable);
        }
        catch (SqlErrorException error) when (error.Error.Number == 137)
        {
            throw SqlErrors.CreateWithState(9501, 2, name);
        }
    }

    private static Func<SqlValue[], XContext> ContextFactory(XQuery query, List<BoundExpression> accessors)
    {
        if (accessors.Count == 0)
        {
            return arguments => query.Context(arguments[0].AsXml, []);
        }

        SqlType[] types = [.. accessors.Select(a => a.Type)];
        return arguments => query.Context(arguments[0].AsXml, XmlAccessors.Values(arguments, types));
    }

    private static BoundFunctionCall XmlCall(MethodCallExpression expression, BoundExpression target, List<BoundExpression> accessors, SqlType type, string options, Func<SqlValue[], SqlValue> evaluate)
    {
        bool isMutator = expression.IsMutator;
        var function = new BoundFunction(type, true, new SqlType?[accessors.Count + 1], (_, arguments) => arguments[0].IsNull && !isMutator ? SqlValue.Null : evaluate(arguments)) { NullIfAnyNull = false };
        return new BoundFunctionCall(expression.Method, [target, .. accessors], function) { Options = options };
    }
}

/// <summary>SQL values as items of XQuery.</summary>
internal static class XmlAccessors
{
    /// <summary>The values behind the first argument, which is the instance.</summary>
    public static XAtomic?[] Values(SqlValue[] arguments, SqlType[] types)
    {
        var values = new XAtomic?[types.Length];
        for (int i = 0; i < types.Length; i++)
        {
            values[i] = ToAtomic(arguments[i + 1], types[i]);
        }

        return values;
    }

    public static XAtomic? ToAtomic(in SqlValue value, SqlType type)
    {
        if (value.IsNull || XAtomicTypes.Of(type) is not { } atomic)
        {
            return null;
        }

        return type.Id switch
        {
            SqlTypeId.Bit => XAtomic.Of(value.AsBoolean),
            SqlTypeId.TinyInt or SqlTypeId.SmallInt or SqlTypeId.Int or SqlTypeId.BigInt => new XAtomic(atomic, (decimal)value.AsInt64),
            SqlTypeId.Money or SqlTypeId.SmallMoney => new XAtomic(atomic, value.AsInt64 / 10_000m),
            SqlTypeId.Decimal or SqlTypeId.Numeric => XAtomic.Untyped(SqlFormat.ToText(value, type)).CastTo(atomic),
            SqlTypeId.Float or SqlTypeId.Real => new XAtomic(atomic, value.AsDouble),
            SqlTypeId.Binary or SqlTypeId.VarBinary => new XAtomic(atomic, Convert.ToBase64String(value.AsBytes)),
            _ when type.IsDateOrTime => new XAtomic(atomic, DateText(SqlConvert.TextOf(value, type, 121), atomic)),
            _ => new XAtomic(atomic, SqlFormat.ToText(value, type)),
        };
    }

    /// <summary>yyyy-mm-dd hh:mi:ss +zz:zz as XML Schema writes it.</summary>
    private static string DateText(string text, XAtomicType type)
    {
        if (type != XAtomicType.DateTime)
        {
            return text;
        }

        string[] parts = text.Split(' ');
        return parts.Length < 2 ? text : $"{parts[0]}T{parts[1]}{(parts.Length > 2 ? parts[2] == "+00:00" ? "Z" : parts[2] : "")}";
    }
}
