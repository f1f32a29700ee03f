using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>Methods of hierarchyid: https://learn.microsoft.com/sql/t-sql/data-types/hierarchyid-data-type-method-reference.</summary>
internal sealed partial class ExpressionBinder
{
    private static readonly SqlType PathText = SqlType.NVarChar(4000);

    /// <summary>hierarchyid::GetRoot() and hierarchyid::Parse(text); null for a call of something else.</summary>
    private BoundFunctionCall? BindHierarchyStatic(FunctionCallExpression call)
    {
        const string Scope = "hierarchyid::";
        string name = call.Name.Name;
        if (!name.StartsWith(Scope, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string method = name[Scope.Length..];
        switch (method)
        {
            case "GetRoot":
                RequireMethodArguments(call, method, call.Arguments.Count, 0);
                return MakeMethod(method, SqlType.HierarchyId, [], static _ => Value(HierarchyId.Root));
            case "Parse":
                RequireMethodArguments(call, method, call.Arguments.Count, 1);
                return MakeMethod(method, SqlType.HierarchyId, [Coerce(Bind(call.Arguments[0]), PathText)], static a => Value(HierarchyId.Parse(a[0].AsString)));
            default:
                throw NoSuchMethod(method).At(call);
        }
    }

    private BoundFunctionCall BindHierarchyMethod(MethodCallExpression expression, BoundExpression target)
    {
        string method = expression.Method;
        int expected = method switch
        {
            "GetLevel" or "ToString" => 0,
            "GetAncestor" or "IsDescendantOf" => 1,
            "GetDescendant" or "GetReparentedValue" => 2,
            "Read" or "Write" => throw SqlErrors.NotSupported($"hierarchyid method {method}"),
            _ => throw NoSuchMethod(method).At(expression),
        };
        RequireMethodArguments(expression, method, expression.Arguments.Count, expected);
        SqlType argument = method == "GetAncestor" ? SqlType.Int : SqlType.HierarchyId;
        BoundExpression[] arguments = [target, .. expression.Arguments.Select(a => Coerce(Bind(a), argument))];
        return method switch
        {
            "GetLevel" => MakeMethod(method, SqlType.SmallInt, arguments, static a => SqlValue.FromSmallInt(Read(a[0]).Level)),
            "ToString" => MakeMethod(method, PathText, arguments, static a => SqlValue.FromString(Read(a[0]).ToString())),
            "GetAncestor" => MakeMethod(method, SqlType.HierarchyId, arguments, static a => Read(a[0]).Ancestor(a[1].AsInt32) is { } ancestor ? Value(ancestor) : SqlValue.Null),
            "IsDescendantOf" => MakeMethod(method, SqlType.Bit, arguments, static a => SqlValue.FromBit(Read(a[0]).IsDescendantOf(Read(a[1])))),
            "GetReparentedValue" => MakeMethod(method, SqlType.HierarchyId, arguments, static a => Value(Read(a[0]).Reparented(Read(a[1]), Read(a[2])))),
            _ => MakeMethod(
                method,
                SqlType.HierarchyId,
                arguments,
                static a => a[0].IsNull ? SqlValue.Null : Value(Read(a[0]).Descendant(a[1].IsNull ? null : Read(a[1]), a[2].IsNull ? null : Read(a[2]))),
                nullIfAnyNull: false),
        };
    }

    private static BoundFunctionCall MakeMethod(string method, SqlType result, BoundExpression[] arguments, Func<SqlValue[], SqlValue> evaluate, bool nullIfAnyNull = true)
    {
        var function = new BoundFunction(result, true, [.. arguments.Select(_ => (SqlType?)null)], (_, a) => evaluate(a)) { NullIfAnyNull = nullIfAnyNull };
        return new BoundFunctionCall("hierarchyid::" + method, arguments, function);
    }

    private static HierarchyId Read(SqlValue value) => HierarchyId.FromBytes(value.AsBytes);

    private static SqlValue Value(HierarchyId id) => SqlValue.FromBinary(id.ToBytes(), SqlTypeId.HierarchyId);

    private static void RequireMethodArguments(SyntaxNode syntax, string method, int count, int expected)
    {
        if (count != expected)
        {
            throw SqlErrors.Create(174, method, expected).At(syntax);
        }
    }

    private static SqlErrorException NoSuchMethod(string method) => SqlErrors.Create(6506, method, "Microsoft.SqlServer.Types.SqlHierarchyId", "Microsoft.SqlServer.Types");
}
