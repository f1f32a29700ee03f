using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>CREATE and DROP of rules and defaults as objects; sp_bindrule, sp_bindefault and their kin are in SystemProcedures.Bindings.cs.</summary>
internal sealed partial class DdlExecutor
{
    private void CreateBindable(CreateBindableStatement statement)
    {
        RefuseDatabase(statement.Name, statement.IsRule ? "CREATE RULE" : "CREATE DEFAULT");
        SchemaDefinition schema = TargetSchema(statement.Name);
        RequireFree(schema, statement.Name.Name, state: 3);
        if (statement.Condition is { } condition)
        {
            CheckRule(condition);
        }
        else
        {
            RefuseNames(statement.Value!);
            var context = new CompilationContext(_session, Catalog, new VariableMap());
            QueryCompiler.CompileExpression(statement.Value!, new BindingScope(context) { Clause = BindingClause.Default }, null);
        }

        _editor.Put(new BindableDefinition
        {
            ObjectId = _editor.NextObjectId(),
            SchemaId = schema.SchemaId,
            Name = statement.Name.Name,
            Type = statement.IsRule ? ObjectTypes.Rule : ObjectTypes.Default,
            CreateDate = _editor.Now,
            ModifyDate = _editor.Now,
            Text = statement.SourceText,
            Body = statement.Body,
        });
    }

    /// <summary>A rule knows no columns (128), no subqueries (1046), no functions of users (4105), and one variable: the value (160, 161).</summary>
    private static void CheckRule(Predicate condition)
    {
        RefuseNames(condition);
        var variables = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (SyntaxNode node in SyntaxWalker.Descendants(condition))
        {
            switch (node)
            {
                case QueryExpression:
                    throw SqlErrors.Create(1046);
                case FunctionCallExpression { Name.Parts.Count: > 1 }:
                    throw SqlErrors.Create(4105);
                case FunctionCallExpression call when BuiltinFunctions.Find(call.Name.Name) is null:
                    throw SqlErrors.Create(195, call.Name.Name, "built-in function name");
                case VariableExpression variable:
                    variables.Add(variable.Name);
                    break;
            }
        }

        if (variables.Count != 1)
        {
            throw SqlErrors.Create(variables.Count == 0 ? 160 : 161);
        }
    }

    private static void RefuseNames(SyntaxNode body)
    {
        if (SyntaxWalker.ColumnNames(body).FirstOrDefault() is { } name)
        {
            throw SqlErrors.Create(128, name);
        }
    }

    private void DropBindable(string kind, ObjectName name, bool ifExists)
    {
        RefuseDatabase(name, "DROP " + kind);
        CatalogObject? found = FindObject(name);
        if (found is null)
        {
            if (Catalog.FindConstraint(name.Schema ?? _session.DefaultSchema, name.Name) is { } constraint)
            {
                throw kind == "DEFAULT" && constraint.Type == ObjectTypes.Default
                    ? SqlErrors.Create(3717)
                    : SqlErrors.CreateWithState(3701, 5, "drop", kind.ToLowerInvariant(), name.ToString());
            }

            if (ifExists)
            {
                return;
            }

            throw SqlErrors.CreateWithState(3701, 5, "drop", kind.ToLowerInvariant(), name.ToString());
        }

        if (found is not BindableDefinition bindable || bindable.IsRule != (kind == "RULE"))
        {
            throw SqlErrors.Create(3705, kind, name.ToString(), Noun(found.Type), "DROP " + DropClass(found.Type));
        }

        AuthorizeDrop(kind.ToLowerInvariant(), found, name);
        bool Binds(DefaultDefinition? value, RuleBinding? rule) => value?.ObjectId == found.ObjectId || rule?.ObjectId == found.ObjectId;
        if (Catalog.ObjectsById.Values.OfType<TableDefinition>().Any(t => t.Columns.Any(c => Binds(c.Default, c.Rule)))
            || Catalog.TypesById.Values.Any(t => Binds(t.Default, t.Rule)))
        {
            throw SqlErrors.CreateWithState(3716, bindable.IsRule ? (byte)1 : (byte)3, kind.ToLowerInvariant(), name.ToString(), "column");
        }

        _editor.Remove(found);
    }
}
