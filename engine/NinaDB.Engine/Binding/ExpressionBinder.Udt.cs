using NinaDB.Engine.Catalog;
using NinaDB.Engine.Clr;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>Members of CLR user-defined types: value.Property, value.Method(), type::Method(), type::Property, and the mutators of SET and UPDATE.</summary>
internal sealed partial class ExpressionBinder
{
    private const string TypeScope = "::";

    /// <summary>column.Property, where the name is no column's; null for anything else.</summary>
    private BoundExpression? BindUdtProperty(ColumnExpression expression)
    {
        if (expression.Qualifier.Count == 0)
        {
            return null;
        }

        MethodCallExpression property = PropertyOf(expression);
        var target = (ColumnExpression)property.Target;
        for (BindingScope? scope = _scope; scope is not null; scope = scope.Outer)
        {
            foreach (ScopeSource source in scope.Sources)
            {
                if (Matches(source, target.Qualifier) && source.Columns.Any(c => IsNamed(c, target.Name) && c.Type.Id == SqlTypeId.Udt))
                {
                    return Bind(property);
                }
            }
        }

        return null;
    }

    /// <summary>A dotted name as the property of what stands before its last dot.</summary>
    internal static MethodCallExpression PropertyOf(ColumnExpression expression) => new()
    {
        Target = new ColumnExpression
        {
            Qualifier = [.. expression.Qualifier.Take(expression.Qualifier.Count - 1)],
            Name = expression.Qualifier[^1],
            Line = expression.Line,
            Offset = expression.Offset,
            EndOffset = expression.EndOffset,
        },
        Method = expression.Name,
        IsProperty = true,
        Line = expression.Line,
        Offset = expression.Offset,
        EndOffset = expression.EndOffset,
    };

    private BoundExpression BindUdtMember(MethodCallExpression expression, BoundExpression target) => Locate(expression, () =>
    {
        UdtFacts facts = target.Type.UdtFacts!;
        CatalogSnapshot catalog = CatalogOf(facts);
        UdtClass type = ClrHost.Class(facts, catalog);
        string name = expression.Method, assembly = ClrHost.AssemblyOf(facts, catalog);
        SqlType? TypeOf(Type clr) => ClrHost.SqlTypeOf(clr, catalog);
        UdtMember member = !expression.IsProperty
            ? UdtMember.Method(type, name, assembly, isStatic: false, expression.IsMutator, TypeOf)
            : expression.IsMutator ? UdtMember.Assignment(type, name, assembly, TypeOf) : UdtMember.Property(type, name, assembly, isStatic: false, TypeOf);
        BoundExpression[] arguments = [target, .. BindMemberArguments(expression.Arguments, member, name)];
        string? receiver = expression.IsMutator ? ReceiverOf(expression.Target) : null;
        return MemberCall(facts, name, expression.IsMutator ? target.Type : member.Result!, arguments, member.IsDeterministic, (context, values) =>
        {
            if (values[0].IsNull && receiver is not null)
            {
                throw SqlErrors.Aborting(SqlErrors.Create(5302, name, receiver));
            }

            if ((values[0].IsNull && !member.TakesNullReceiver) || (!member.CallsOnNull && Array.Exists(values[1..], v => v.IsNull)))
            {
                return SqlValue.Null;
            }

            return ClrHost.Guard(facts, c =>
            {
                object instance = c.Read(values[0]);
                SqlValue result = member.Invoke(instance, values[1..]);
                return receiver is null ? result : c.Write(instance);
            }, context.Session);
        });
    });

    /// <summary>type::Method(arguments) and type::Property; null when what stands before the colons is no CLR type.</summary>
    private BoundExpression? BindUdtStatic(FunctionCallExpression call)
    {
        int separator = call.Name.Name.IndexOf(TypeScope, StringComparison.Ordinal);
        if (separator < 0)
        {
            return null;
        }

        CatalogSnapshot catalog = _scope.Context.Catalog;
        string typeName = call.Name.Name[..separator], name = call.Name.Name[(separator + TypeScope.Length)..];
        string? schema = call.Name.Schema;
        TypeDefinition? found = catalog.FindType(schema ?? _scope.Context.Session.DefaultSchema, typeName) ?? (schema is null ? catalog.FindType("dbo", typeName) : null);
        if (found is not { Clr: not null, BaseType.UdtFacts: { } facts })
        {
            throw SqlErrors.CreateWithState(243, 4, schema is null ? typeName : $"{schema}.{typeName}").At(call);
        }

        return Locate(call, () =>
        {
            UdtClass type = ClrHost.Class(facts, catalog);
            SqlType? TypeOf(Type clr) => ClrHost.SqlTypeOf(clr, catalog);
            UdtMember member = call.IsStaticProperty
                ? UdtMember.Property(type, name, found.Clr.Assembly, isStatic: true, TypeOf)
                : UdtMember.Method(type, name, found.Clr.Assembly, isStatic: true, isMutator: false, TypeOf);
            BoundExpression[] arguments = BindMemberArguments(call.Arguments, member, name);
            return MemberCall(facts, name, member.Result!, arguments, member.IsDeterministic, (context, values) =>
                !member.CallsOnNull && Array.Exists(values, v => v.IsNull) ? SqlValue.Null : ClrHost.Guard(facts, _ => member.Invoke(null, values), context.Session));
        });
    }

    private CatalogSnapshot CatalogOf(UdtFacts facts) =>
        facts.DatabaseId == _scope.Context.Catalog.DatabaseId ? _scope.Context.Catalog : _scope.Context.Session.Server.Find(facts.DatabaseId) ?? _scope.Context.Catalog;

    private BoundExpression[] BindMemberArguments(IReadOnlyList<Expression> syntax, UdtMember member, string name) => syntax.Count == member.Parameters.Length
        ? [.. syntax.Select((a, i) => Coerce(Bind(a), member.Parameters[i]))]
        : throw SqlErrors.Create(174, name, member.Parameters.Length);

    private static string ReceiverOf(Expression target) => target switch
    {
        VariableExpression variable => variable.Name,
        ColumnExpression column => column.Name,
        _ => "",
    };

    private static BoundFunctionCall MemberCall(UdtFacts facts, string name, SqlType result, BoundExpression[] arguments, bool isDeterministic, FunctionEvaluator evaluate)
    {
        var function = new BoundFunction(result, true, [.. arguments.Select(_ => (SqlType?)null)], evaluate) { NullIfAnyNull = false };
        return new BoundFunctionCall($"{facts.DatabaseId}.{facts.UserTypeId}{TypeScope}{name}", arguments, function) { IsDeterministic = isDeterministic };
    }
}
