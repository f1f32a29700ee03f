using System.Collections.Immutable;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>CREATE and ALTER SECURITY POLICY.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/t-sql/statements/create-security-policy-transact-sql</remarks>
internal sealed partial class DdlExecutor
{
    private void ChangeSecurityPolicy(SecurityPolicyStatement statement)
    {
        CheckDatabase(statement.Name, "security policy");
        SecurityPolicyDefinition policy = statement.IsAlter ? FindPolicy(statement.Name) : NewPolicy(statement);
        var kept = policy.Predicates.Select(p => p.PredicateId).ToHashSet();
        foreach (SecurityPredicateSyntax syntax in statement.Predicates)
        {
            policy = Apply(policy, syntax, kept, statement.IsAlter);
        }

        policy = policy with
        {
            IsEnabled = statement.State ?? policy.IsEnabled,
            IsNotForReplication = statement.IsNotForReplication || policy.IsNotForReplication,
            ModifyDate = _editor.Now,
        };
        if (policy.IsEnabled)
        {
            RequireOnlyPolicy(policy);
        }

        _editor.Put(policy);
    }

    private SecurityPolicyDefinition NewPolicy(SecurityPolicyStatement statement)
    {
        SchemaDefinition schema = TargetSchema(statement.Name);
        RequireFree(schema, statement.Name.Name, state: 8);
        return new SecurityPolicyDefinition
        {
            ObjectId = _editor.NextObjectId(),
            SchemaId = schema.SchemaId,
            Name = statement.Name.Name,
            Type = ObjectTypes.SecurityPolicy,
            CreateDate = _editor.Now,
            IsSchemaBound = statement.SchemaBinding ?? true,
        };
    }

    private SecurityPolicyDefinition FindPolicy(ObjectName name) => FindObject(name) switch
    {
        SecurityPolicyDefinition policy => policy,
        null => throw SqlErrors.CreateWithState(33268, 7, name.ToString()),
        _ => throw SqlErrors.Create(33271, name.ToString()),
    };

    /// <param name="kept">Ids of predicates that the policy had before the statement and still has.</param>
    private SecurityPolicyDefinition Apply(SecurityPolicyDefinition policy, SecurityPredicateSyntax syntax, HashSet<int> kept, bool isAlter)
    {
        TableDefinition table = RequirePolicyTarget(syntax);
        SecurityOperation operation = syntax.Operation switch
        {
            "AFTER INSERT" => SecurityOperation.AfterInsert,
            "AFTER UPDATE" => SecurityOperation.AfterUpdate,
            "BEFORE UPDATE" => SecurityOperation.BeforeUpdate,
            "BEFORE DELETE" => SecurityOperation.BeforeDelete,
            _ => SecurityOperation.None,
        };
        ImmutableArray<SecurityPredicateDefinition> predicates = policy.Predicates;
        if (syntax.Action == "ADD")
        {
            // Without an operation a block predicate guards all four, so it overlaps any other.
            SecurityPredicateDefinition? taken = predicates.FirstOrDefault(p => p.TargetObjectId == table.ObjectId && p.IsBlock == syntax.IsBlock
                && (!p.IsBlock || p.Operation == SecurityOperation.None || operation == SecurityOperation.None || p.Operation == operation));
            if (taken is not null)
            {
                throw SqlErrors.CreateWithState(33262, (byte)(kept.Contains(taken.PredicateId) ? 2 : 1), syntax.IsBlock ? "BLOCK" : "FILTER", Catalog.QualifiedName(table), Catalog.QualifiedName(policy));
            }

            int id = policy.LastPredicateId + 1;
            (string text, int function) = BindPredicate(policy, syntax.Function!, table, isAlter);
            return policy with { LastPredicateId = id, Predicates = predicates.Add(new SecurityPredicateDefinition(id, table.ObjectId, syntax.IsBlock, operation, text, function)) };
        }

        SecurityPredicateDefinition found = predicates.FirstOrDefault(p => p.TargetObjectId == table.ObjectId && p.IsBlock == syntax.IsBlock && p.Operation == operation)
            ?? throw SqlErrors.Create(33261, Catalog.QualifiedName(policy), Catalog.QualifiedName(table));
        if (syntax.Action == "DROP")
        {
            kept.Remove(found.PredicateId);
            return policy with { Predicates = predicates.Remove(found) };
        }

        (string changed, int functionId) = BindPredicate(policy, syntax.Function!, table, isAlter);
        return policy with { Predicates = predicates.Replace(found, found with { Text = changed, FunctionId = functionId }) };
    }

    /// <summary>The table of a predicate. Errors 33263, 33268, 33269, 33501, 33503.</summary>
    private TableDefinition RequirePolicyTarget(SecurityPredicateSyntax syntax)
    {
        ObjectName name = syntax.Table;
        if (name.Name.StartsWith('#'))
        {
            throw SqlErrors.Create(33269);
        }

        switch (FindObject(name))
        {
            case TableDefinition table when Catalog.IndexedViewsOn(table.ObjectId).Count > 0:
                throw SqlErrors.NotSupported("a security predicate on a table with an indexed view");
            case TableDefinition table:
                return table.Columns.FirstOrDefault(c => c.IsFileStream) is { } stream ? throw SqlErrors.Create(33501, stream.Name, Catalog.QualifiedName(table)) : table;
            case null when SystemViews.Find(name.Schema ?? "", name.Name) is null:
                throw SqlErrors.Create(33268, name.ToString());
            case ModuleDefinition { Type: ObjectTypes.View } when syntax.IsBlock:
                throw SqlErrors.Create(33503, name.ToString());
            case ModuleDefinition { Type: ObjectTypes.View, IsSchemaBound: true }:
                throw SqlErrors.NotSupported("a security predicate on a view");
            default:
                throw SqlErrors.Create(33263, name.ToString());
        }
    }

    /// <summary>Checks a predicate's call and gives its text for the catalog. Errors 112, 1046, 33270, 4512, 4513, 207, 313, 8144.</summary>
    private (string Text, int FunctionId) BindPredicate(SecurityPolicyDefinition policy, FunctionCallExpression call, TableDefinition table, bool isAlter)
    {
        if (call.Arguments.SelectMany(SyntaxWalker.Descendants).OfType<VariableExpression>().Any())
        {
            throw SqlErrors.Create(112, isAlter ? "ALTER SECURITY POLICY" : "CREATE SECURITY POLICY");
        }

        if (FindObject(call.Name) is not ModuleDefinition { Type: ObjectTypes.InlineFunction } function)
        {
            throw SqlErrors.Create(33270, call.Name.ToString());
        }

        string qualified = Catalog.QualifiedName(policy);
        if (policy.IsSchemaBound && call.Name.Parts.Count != 2)
        {
            throw SqlErrors.CreateWithState(4512, 3, "security policy", qualified, call.Name.ToString());
        }

        if (policy.IsSchemaBound && !function.IsSchemaBound)
        {
            throw SqlErrors.Create(4513, "security policy", qualified, Catalog.QualifiedName(function));
        }

        var resolved = new FunctionCallExpression
        {
            Name = new ObjectName { Parts = [call.Name.Schema ?? Catalog.SchemaName(function.SchemaId)!, call.Name.Name] },
            Arguments = call.Arguments,
            Line = call.Line,
        };
        string text = SyntaxText.Of(resolved);
        QueryCompiler.CheckRowPredicate((FunctionCallExpression)DdlExpressions.Parse(text), table, new CompilationContext(_session, Catalog, new VariableMap()));
        return (text, function.ObjectId);
    }

    /// <summary>Error 33264: a table takes predicates from one enabled policy at a time. It rolls an open transaction back.</summary>
    private void RequireOnlyPolicy(SecurityPolicyDefinition policy)
    {
        foreach (int tableId in policy.Predicates.Select(p => p.TargetObjectId).Distinct())
        {
            foreach ((SecurityPolicyDefinition other, _) in Catalog.SecurityPredicatesOn(tableId))
            {
                if (other.ObjectId != policy.ObjectId)
                {
                    throw SqlErrors.Create(33264, Catalog.QualifiedName(policy), Catalog.QualifiedName(Catalog.Find(tableId)!), Catalog.QualifiedName(other));
                }
            }
        }
    }

    /// <summary>A policy, schema-bound or not, that names a table; null for none.</summary>
    private string? PolicyOn(int tableId) =>
        Catalog.ObjectsById.Values.OfType<SecurityPolicyDefinition>().FirstOrDefault(p => p.Predicates.Any(d => d.TargetObjectId == tableId))?.Name;
}
