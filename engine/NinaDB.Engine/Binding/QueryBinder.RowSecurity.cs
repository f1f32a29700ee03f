using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <remarks>
/// Row-level security: https://learn.microsoft.com/en-us/sql/relational-databases/security/row-level-security. Every read of a table with a filter predicate goes through
/// <see cref="BindTable"/>, so no way of writing a query leads around it. The query of a predicate function reads its own tables as they are, the protected one included.
/// </remarks>
internal sealed partial class QueryBinder
{
    /// <summary>Above zero while the function of a security predicate is bound.</summary>
    private int _unfiltered;

    private IReadOnlyList<BoundRowPredicate> BindRowFilters(TableDefinition table, ScopeSource source) =>
        _unfiltered > 0 || _context.IgnoresRowSecurity || table.Storage != TableStorageKind.Durable ? [] : BindRowPredicates(table, source, static p => !p.IsBlock);

    /// <summary>Predicates that enabled policies put on a table, over the registers of a source with all its columns.</summary>
    public IReadOnlyList<BoundRowPredicate> BindRowPredicates(TableDefinition table, ScopeSource source, Func<SecurityPredicateDefinition, bool> applies)
    {
        List<BoundRowPredicate>? bound = null;
        foreach ((SecurityPolicyDefinition policy, SecurityPredicateDefinition predicate) in _context.Catalog.SecurityPredicatesOn(table.ObjectId))
        {
            if (applies(predicate))
            {
                (bound ??= []).Add(BindRowPredicate(policy, predicate, table, source));
            }
        }

        return bound ?? (IReadOnlyList<BoundRowPredicate>)[];
    }

    private BoundRowPredicate BindRowPredicate(SecurityPolicyDefinition policy, SecurityPredicateDefinition predicate, TableDefinition table, ScopeSource source)
    {
        _context.AppliesRowSecurity = true;
        var call = (FunctionCallExpression)ModuleSyntax.Expression(predicate.Text);
        if (policy.IsSchemaBound)
        {
            return BindRowPredicate(call, table, source);
        }

        string target = _context.Catalog.QualifiedName(table);
        if (_context.Catalog.Find(call.Name.Schema, call.Name.Name) is ModuleDefinition function)
        {
            if (function.Type != ObjectTypes.InlineFunction)
            {
                throw SqlErrors.Create(33513, target);
            }

            // Without schema binding who reads the table needs SELECT on the function as well.
            _context.Access.Named.Add(function);
        }

        try
        {
            return BindRowPredicate(call, table, source);
        }
        catch (SqlErrorException error)
        {
            throw SqlErrors.CreateAfter(error, 33512, target);
        }
    }

    /// <summary>Binds a call of an inline function over a table's row. Errors 208, 207, 313, 8144.</summary>
    public BoundRowPredicate BindRowPredicate(FunctionCallExpression call, TableDefinition table, ScopeSource source)
    {
        if (_context.Catalog.Find(call.Name.Schema, call.Name.Name) is not ModuleDefinition { Type: ObjectTypes.InlineFunction } function)
        {
            throw SqlErrors.Create(208, call.Name.ToString());
        }

        _context.References.Add(function);
        string schema = _context.Catalog.SchemaName(function.SchemaId) ?? "dbo";
        _unfiltered++;
        try
        {
            BoundExpression[] arguments = BindRowArguments(function, schema, call, RowScope(table, source));
            var values = new List<BoundExpression>();
            var registers = new List<int>();
            var parameters = new Dictionary<string, BoundExpression>(StringComparer.OrdinalIgnoreCase);
            ParameterDefinition[] declared = [.. function.Parameters.Where(p => p.Name.Length > 0)];
            for (int i = 0; i < arguments.Length; i++)
            {
                BoundExpression argument = arguments[i];
                if (argument is not BoundConstant)
                {
                    int register = _context.AllocateRegister();
                    values.Add(argument);
                    registers.Add(register);
                    argument = new BoundColumn(register, argument.Type, argument.IsNullable, declared[i].Name) { Label = CollationLabel.Implicit };
                }

                parameters.Add(declared[i].Name, argument);
            }

            SelectStatement body = ModuleSyntax.Function(function).InlineQuery!;
            var scope = new BindingScope(_context) { Parameters = parameters };
            BoundSelect query = Expand(function, schema, () => Bind(body.Query, body.With, scope, QueryPlace.Table));
            return new BoundRowPredicate(values, [.. registers], query) { Reads = ReadsOf(function) };
        }
        finally
        {
            _unfiltered--;
        }
    }

    /// <summary>What a schema-bound function depends on, and what that depends on; null for one that is not schema-bound.</summary>
    private HashSet<int>? ReadsOf(ModuleDefinition function)
    {
        var ids = new HashSet<int>();
        var queue = new Queue<ModuleDefinition>([function]);
        while (queue.TryDequeue(out ModuleDefinition? module))
        {
            if (!module.IsSchemaBound)
            {
                return null;
            }

            foreach (int id in module.Dependencies)
            {
                if (ids.Add(id) && _context.Catalog.Find(id) is ModuleDefinition next)
                {
                    queue.Enqueue(next);
                }
            }
        }

        return ids;
    }

    /// <summary>The columns of the protected table; a computed column that is not stored stands for its expression.</summary>
    private BindingScope RowScope(TableDefinition table, ScopeSource source)
    {
        var plain = new BindingScope(_context);
        plain.Sources.Add(source);
        var columns = new ScopeColumn[table.Columns.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            ColumnDefinition column = table.Columns[i];
            columns[i] = source.Columns[i] with { Name = column.Name };
            if (column is { IsComputed: true, IsPersisted: false })
            {
                var binder = new ExpressionBinder(plain, this);
                columns[i] = columns[i] with { Computed = binder.Coerce(binder.Bind(ModuleSyntax.Expression(column.ComputedText!)), column.Type) };
            }
        }

        var scope = new BindingScope(_context);
        scope.Sources.Add(source with { Alias = table.Name, Columns = columns });
        return scope;
    }

    private BoundExpression[] BindRowArguments(ModuleDefinition function, string schema, FunctionCallExpression call, BindingScope scope)
    {
        BoundExpression?[] bound = BindArguments(function, call, call.Name, scope);
        IReadOnlyList<ParameterSyntax> declared = ModuleSyntax.Function(function).Parameters;
        var arguments = new BoundExpression[bound.Length];
        for (int i = 0; i < bound.Length; i++)
        {
            var binder = new ExpressionBinder(new BindingScope(_context), this);
            arguments[i] = bound[i] ?? binder.Coerce(
                binder.Bind(declared[i].Default ?? throw SqlErrors.Create(313, $"{schema}.{function.Name}")), function.Parameters.First(p => p.Name == declared[i].Name).Type);
        }

        return arguments;
    }
}
