using System.Collections.Immutable;
using System.Text.RegularExpressions;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Clr;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>CREATE, ALTER and CREATE OR ALTER of procedures, functions, views and triggers.</summary>
internal sealed partial class DdlExecutor
{
    [GeneratedRegex(@"^(CREATE)\s+OR\s+ALTER\b", RegexOptions.IgnoreCase)]
    private static partial Regex CreateOrAlter();

    [GeneratedRegex("^ALTER\\b", RegexOptions.IgnoreCase)]
    private static partial Regex Alter();

    /// <summary>Text as sys.sql_modules keeps it: always a CREATE.</summary>
    private static string ModuleText(ModuleStatement statement)
    {
        string text = statement.SourceText;
        int start = Lexer.StartOf(text);
        return statement.Action switch
        {
            ModuleAction.CreateOrAlter => text[..start] + CreateOrAlter().Replace(text[start..], "$1  "),
            ModuleAction.Alter => text[..start] + Alter().Replace(text[start..], "CREATE"),
            _ => text,
        };
    }

    /// <summary>
    /// The definition to fill in: a new one, or the existing one when the statement alters it. Errors 2714 (exists), 208 (does not), 2010 (is something else).
    /// </summary>
    private ModuleDefinition Begin(ModuleStatement statement, string type, Func<string, bool> isSameKind, SchemaDefinition? place = null)
    {
        if (SyntaxWalker.Descendants(statement).Any(n => n is UseStatement))
        {
            throw SqlErrors.Create(154);
        }

        string name = statement.Name.Name;
        bool isTemporary = TemporaryNames.IsTemporary(name);
        if (isTemporary && statement is not CreateProcedureStatement)
        {
            throw statement is CreateViewStatement
                ? SqlErrors.Create(4103, name)
                : SqlErrors.Create(1074, statement is CreateFunctionStatement or CreateAggregateStatement ? "functions" : "triggers");
        }

        SchemaDefinition schema = place ?? (isTemporary ? Catalog.SchemasByName["dbo"] : TargetSchema(statement.Name));
        TableBuilder.CheckName(name);
        bool isLocal = TemporaryNames.IsLocal(name);
        CatalogObject? existing = isLocal ? _session.Temporary.FindProcedure(name) : place is null ? Catalog.Find(schema.Name, name) : place == ServerPlace ? FindServerTrigger(name) : FindDatabaseTrigger(name);
        if (existing is null)
        {
            if (statement.Action == ModuleAction.Alter)
            {
                throw SqlErrors.CreateWithState(208, 6, statement.Name.ToString());
            }

            RequireFree(schema, name, state: 3);
        }
        else if (statement.Action == ModuleAction.Create)
        {
            throw SqlErrors.CreateWithState(2714, 3, name);
        }
        else if (existing is ModuleDefinition { External: null } && IsExternal(statement) && existing.Type != ObjectTypes.View)
        {
            throw SqlErrors.CreateWithState(6530, 3, name);
        }
        else if (!isSameKind(existing.Type) || (existing is ModuleDefinition { External: not null } && !IsExternal(statement)))
        {
            throw SqlErrors.Create(2010, statement.Name.ToString());
        }

        bool isAltered = existing is not null;
        return new ModuleDefinition
        {
            ObjectId = existing?.ObjectId ?? (isLocal ? TemporaryCatalog.NextObjectId() : NewModuleId(name)),
            SchemaId = schema.SchemaId,
            DatabaseId = Catalog.DatabaseId,
            Name = existing?.Name ?? name,
            Type = type,
            ParentObjectId = existing?.ParentObjectId ?? 0,
            CreateDate = isAltered ? existing!.CreateDate : _editor.Now,
            ModifyDate = _editor.Now,
            Text = ModuleText(statement),
            IsSchemaBound = statement.Options.Contains("SCHEMABINDING"),
            IsEncrypted = statement.Options.Contains("ENCRYPTION"),
            UsesAnsiNulls = _session.Options.AnsiNulls,
            UsesQuotedIdentifier = _session.Options.QuotedIdentifier,
            ReturnsNullOnNullInput = statement.Options.Contains("RETURNS NULL ON NULL INPUT"),
            ExecuteAsPrincipalId = ExecuteAs(statement.Options),
        };
    }

    private static bool IsExternal(ModuleStatement statement) => statement switch
    {
        CreateProcedureStatement s => s.External is not null,
        CreateFunctionStatement s => s.External is not null,
        CreateTriggerStatement s => s.External is not null,
        CreateAggregateStatement => true,
        _ => false,
    };

    private int NewModuleId(string name)
    {
        int id = _editor.NextObjectId();
        if (TemporaryNames.IsGlobal(name))
        {
            _session.OwnGlobal(id);
        }

        return id;
    }

    /// <summary>Principal of EXECUTE AS: null for CALLER, -2 for OWNER.</summary>
    private int? ExecuteAs(IReadOnlyList<string> options)
    {
        const string Prefix = "EXECUTE AS ";
        if (options.FirstOrDefault(o => o.StartsWith(Prefix, StringComparison.Ordinal)) is not { } option)
        {
            return null;
        }

        string who = option[Prefix.Length..];
        return who switch
        {
            "CALLER" => null,
            "OWNER" => -2,
            "SELF" => _session.PrincipalId,
            _ => Catalog.FindPrincipal(who.Trim('\''))?.PrincipalId ?? throw SqlErrors.Create(15151, "execute as", "user", who.Trim('\'')),
        };
    }

    private void CreateProcedure(CreateProcedureStatement statement)
    {
        if (statement.External is not null && statement.Options.FirstOrDefault(o => o is "RECOMPILE" or "ENCRYPTION") is { } refused)
        {
            throw SqlErrors.CreateWithState(155, 37, refused, "CREATE PROCEDURE");
        }

        if (statement.Number is > 1 and int number)
        {
            CreateNumbered(statement, number);
            return;
        }

        string type = statement.External is null ? ObjectTypes.Procedure : ObjectTypes.ClrProcedure;
        ModuleDefinition module = Begin(statement, type, t => t is ObjectTypes.Procedure or ObjectTypes.ClrProcedure);
        module = module with { Parameters = Parameters(statement.Parameters, isFunction: false), External = statement.External };
        if (statement.External is not null)
        {
            ClrHost.Validate(module, Catalog);
        }
        else
        {
            ModuleBinding.Check(_session, module);
        }

        _editor.Put(FindGroup(statement) is { } old ? module with { Numbered = old.Numbered } : module);
    }

    private ImmutableArray<ParameterDefinition> Parameters(IReadOnlyList<ParameterSyntax> syntax, bool isFunction)
    {
        var parameters = ImmutableArray.CreateBuilder<ParameterDefinition>(syntax.Count);
        foreach (ParameterSyntax parameter in syntax)
        {
            if (parameters.Any(p => p.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase)))
            {
                throw SqlErrors.Create(134, parameter.Name);
            }

            ResolvedType resolved = TypeResolver.Resolve(parameter.Type, Catalog, TypeUse.Parameter(parameter.Name, parameters.Count + 1));
            bool isTable = resolved.Table is not null;
            if (isTable && !parameter.IsReadOnly)
            {
                throw SqlErrors.Create(352, parameter.Name);
            }

            if (!isTable && parameter.IsReadOnly)
            {
                throw SqlErrors.Create(346, parameter.Name);
            }

            if (resolved.Type.Id == SqlTypeId.Cursor && (isFunction || !parameter.IsOutput))
            {
                throw SqlErrors.NotSupported("cursor parameters without OUTPUT");
            }

            parameters.Add(new ParameterDefinition
            {
                Name = parameter.Name,
                Type = resolved.Type,
                UserTypeId = resolved.UserTypeId,
                IsOutput = parameter.IsOutput,
                IsReadOnly = parameter.IsReadOnly,
                HasDefault = parameter.Default is not null,
            });
        }

        return parameters.ToImmutable();
    }

    private void CreateFunction(CreateFunctionStatement statement)
    {
        string type = statement.Kind switch
        {
            FunctionKind.Scalar => statement.External is null ? ObjectTypes.ScalarFunction : ObjectTypes.ClrScalarFunction,
            FunctionKind.InlineTable => ObjectTypes.InlineFunction,
            _ => statement.External is null ? ObjectTypes.TableFunction : ObjectTypes.ClrTableFunction,
        };

        // ALTER may not turn a scalar function into a table-valued one, nor inline into multi-statement.
        ModuleDefinition module = Begin(statement, type, t => t == type);
        RefuseBoundDependents(module, statement.Action);
        module = module with { Parameters = Parameters(statement.Parameters, isFunction: true), External = statement.External };
        FunctionBodyCheck.Check(module.Name, statement.Body);
        switch (statement.Kind)
        {
            case FunctionKind.Scalar:
                ResolvedType result = TypeResolver.Resolve(statement.ReturnType!, Catalog, TypeUse.Parameter("", 0) with { Position = 1 });
                if (result.Type.Id is SqlTypeId.Table or SqlTypeId.Cursor or SqlTypeId.RowVersion || result.Type.IsLegacyLob)
                {
                    throw SqlErrors.Create(2715, 0, statement.ReturnType!.Name.ToString());
                }

                module = module with { ReturnType = result.Type };
                if (statement.External is null && !EndsWithReturn(statement.Body))
                {
                    throw SqlErrors.CreateWithState(455, 2);
                }

                break;
            case FunctionKind.InlineTable:
                RefuseOrder(statement.InlineQuery!.Query);
                module = module with { Columns = ResultColumns(module, statement.InlineQuery!, [], statement.Parameters) };
                break;
            default:
                if (statement.External is not null)
                {
                    CheckStreamedTable(statement);
                }

                TableDefinition table = TableBuilder.BuildShape(_session, statement.ReturnTable!, statement.ReturnVariable ?? module.Name, module.ObjectId, TableStorageKind.Variable);
                module = module with
                {
                    ReturnTable = statement.External is null ? table : null,
                    Columns = [.. table.Columns.Select(c => new ResultColumnDefinition(c.Name, c.Type, c.IsNullable))],
                };
                break;
        }

        if (module.IsSchemaBound && statement.External is null)
        {
            module = module with { Dependencies = BindSchema(module, statement, "function") };
        }

        if (statement.External is not null)
        {
            ClrHost.Validate(module, Catalog);
            foreach (IndexColumnSyntax column in statement.Order)
            {
                StreamOrder.Key(module, column);
            }
        }

        _editor.Put(module);
    }

    private static bool EndsWithReturn(IReadOnlyList<Statement> body) => body.Count > 0 && body[^1] switch
    {
        ReturnStatement or ThrowStatement => true,
        BlockStatement block => EndsWithReturn(block.Statements),
        _ => false,
    };

    private void CreateView(CreateViewStatement statement)
    {
        ModuleDefinition module = Begin(statement, ObjectTypes.View, t => t == ObjectTypes.View);
        RefuseBoundDependents(module, statement.Action);
        if (TableReferences(statement.Query).Any(n => n.Name.StartsWith('#')))
        {
            throw SqlErrors.Create(4508);
        }

        RefuseOrder(statement.Query.Query);
        module = module with
        {
            Columns = ResultColumns(module, statement.Query, statement.Columns, []),
            WithCheckOption = statement.WithCheckOption,
        };
        if (module.IsSchemaBound)
        {
            if (statement.Query.Query is SelectQuery { Items: var items } && items.Any(i => i is StarItem))
            {
                throw SqlErrors.Create(1054, "*");
            }

            module = module with { Dependencies = BindSchema(module, statement, "view") };
        }

        if (Catalog.Find<ModuleDefinition>(module.ObjectId) is { Materialized: not null } old)
        {
            // An altered view loses its indexes.
            DropRows(old);
        }

        _editor.Put(module);
    }

    /// <summary>ORDER BY in a view or inline function needs TOP, OFFSET or FOR XML (error 1033).</summary>
    private static void RefuseOrder(QueryExpression query)
    {
        if (query.OrderBy.Count > 0 && query.OffsetRows is null && query.For is null && query is not SelectQuery { Top: not null })
        {
            throw SqlErrors.Create(1033);
        }
    }

    /// <summary>Binds the query of a view or inline function and names its columns. Errors 4511, 4506, 8158, 8159, 4502 and whatever binding finds.</summary>
    private ImmutableArray<ResultColumnDefinition> ResultColumns(
        ModuleDefinition module, SelectStatement query, IReadOnlyList<string> names, IReadOnlyList<ParameterSyntax> parameters)
    {
        var variables = new VariableMap();
        foreach ((ParameterDefinition parameter, int i) in module.Parameters.Select((p, i) => (p, i)))
        {
            variables.Add(parameter.Name, parameter.Type, parameter.UserTypeId != 0 ? Catalog.FindType(parameter.UserTypeId)?.Table : null);
        }

        var context = new CompilationContext(_session, Catalog, variables) { IsInsideModule = true, ModuleSchema = Catalog.SchemaName(module.SchemaId) };
        IReadOnlyList<OutputColumn> output = QueryCompiler.Compile(query, context).Columns;
        if (names.Count > 0 && names.Count != output.Count)
        {
            throw names.Count > output.Count ? SqlErrors.Create(4502, module.Name) : SqlErrors.Create(8158, module.Name);
        }

        var columns = ImmutableArray.CreateBuilder<ResultColumnDefinition>(output.Count);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < output.Count; i++)
        {
            string name = names.Count > 0 ? names[i] : output[i].Name;
            if (string.IsNullOrEmpty(name))
            {
                throw SqlErrors.Create(4511, i + 1);
            }

            if (!seen.Add(name))
            {
                throw SqlErrors.Create(4506, name, module.Name);
            }

            SqlType type = output[i].Type.Id == SqlTypeId.Null ? SqlType.Int : output[i].Type;
            columns.Add(new ResultColumnDefinition(name, type, output[i].IsNullable));
        }

        return columns.ToImmutable();
    }

    private void CreateTrigger(CreateTriggerStatement statement)
    {
        if (statement.Target is null)
        {
            CreateDatabaseTrigger(statement);
            return;
        }

        if (!IsHere(statement.Target))
        {
            throw SqlErrors.Create(2108, statement.Target.ToString());
        }

        CatalogObject target = FindObject(statement.Target) switch
        {
            TableDefinition { Storage: TableStorageKind.Durable } table => table,
            ModuleDefinition { Type: ObjectTypes.View } view => view,
            _ => throw SqlErrors.CreateWithState(8197, 4, statement.Target.ToString()),
        };
        string verb = statement.Action == ModuleAction.Alter ? "alter" : "create";
        if (target is ModuleDefinition && !statement.IsInsteadOf)
        {
            throw SqlErrors.CreateWithState(8197, 4, statement.Target.ToString());
        }

        if (target is TableDefinition temporal && (temporal.HistoryOf != 0 || (temporal.Versioning is not null && statement.IsInsteadOf)))
        {
            throw SqlErrors.Create(13569, FullName(temporal));
        }

        string schema = Catalog.SchemaName(target.SchemaId)!;
        if (statement.Name.Schema is { } named && !named.Equals(schema, StringComparison.OrdinalIgnoreCase))
        {
            throw SqlErrors.Create(2103, verb, statement.Name.ToString());
        }

        var qualified = new CreateTriggerStatement
        {
            Action = statement.Action,
            Name = new ObjectName { Parts = [schema, statement.Name.Name] },
            SourceText = statement.SourceText,
            Options = statement.Options,
            Events = statement.Events,
            External = statement.External,
        };
        ModuleDefinition module = Begin(qualified, ObjectTypes.Trigger, t => t == ObjectTypes.Trigger) with
        {
            ParentObjectId = target.ObjectId,
            IsInsteadOf = statement.IsInsteadOf,
            TriggerEvents = [.. statement.Events],
            External = statement.External,
        };
        if (statement.IsInsteadOf)
        {
            CheckInsteadOf(module, target, statement, verb);
        }

        if (statement.External is not null)
        {
            ValidateTrigger(module, statement);
        }
        else
        {
            ModuleBinding.Check(_session, module);
        }

        _editor.Put(module);
    }

    private void CheckInsteadOf(ModuleDefinition module, CatalogObject target, CreateTriggerStatement statement, string verb)
    {
        foreach (ModuleDefinition other in Catalog.TriggersOn(target.ObjectId).Where(t => t.IsInsteadOf && t.ObjectId != module.ObjectId))
        {
            if (other.TriggerEvents.Intersect(statement.Events).FirstOrDefault() is { } shared)
            {
                throw SqlErrors.Create(2111, verb, module.Name, target is TableDefinition ? "table" : "view", target.Name, shared);
            }
        }

        if (target is TableDefinition table && table.ForeignKeys.Any(k =>
            (k.OnDelete != ReferentialAction.NoAction && statement.Events.Contains("DELETE")) || (k.OnUpdate != ReferentialAction.NoAction && statement.Events.Contains("UPDATE"))))
        {
            throw SqlErrors.Create(2113, module.Name, target.Name);
        }
    }

    /// <summary>Two-part names of everything that a module's statements read or call.</summary>
    private static IEnumerable<ObjectName> TableReferences(SyntaxNode node)
    {
        var common = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (SyntaxNode found in SyntaxWalker.Descendants(node))
        {
            switch (found)
            {
                case CommonTableExpression cte:
                    common.Add(cte.Name);
                    break;
                case NamedTableSource source when source.Name.Parts.Count > 1 || !common.Contains(source.Name.Name):
                    yield return source.Name;
                    break;
                case FunctionTableSource { Call.Name.Parts.Count: > 1 } source:
                    yield return source.Call.Name;
                    break;
                case VectorSearchTableSource source:
                    yield return source.Table;
                    break;
                case FunctionCallExpression { Name.Parts.Count: > 1 } call:
                    yield return call.Name;
                    break;
            }
        }
    }

    /// <summary>Objects that a schema-bound module depends on. Errors 4512 (one-part names) and 4513 (an unbound module).</summary>
    private ImmutableArray<int> BindSchema(ModuleDefinition module, ModuleStatement statement, string kind)
    {
        var ids = new HashSet<int>();
        string qualified = Catalog.QualifiedName(module);
        foreach (ObjectName name in TableReferences(statement))
        {
            if (name.Name is "inserted" or "deleted")
            {
                continue;
            }

            if (name.Parts.Count != 2 || name.Schema is null)
            {
                throw SqlErrors.CreateWithState(4512, 3, kind, qualified, name.ToString());
            }

            CatalogObject? found = Catalog.Find(name.Schema, name.Name);
            if (found is null)
            {
                if (SystemViews.Find(name.Schema, name.Name) is not null)
                {
                    throw SqlErrors.CreateWithState(4512, 3, kind, qualified, name.ToString());
                }

                // A column method such as Content.PathName() has two parts as well; binding has judged it already.
                continue;
            }

            if (found.ObjectId == module.ObjectId)
            {
                throw SqlErrors.CreateWithState(4512, 3, kind, qualified, name.ToString());
            }

            if (found is ModuleDefinition { IsSchemaBound: false, External: null } or SynonymDefinition)
            {
                throw SqlErrors.Create(4513, kind, qualified, name.ToString());
            }

            ids.Add(found.ObjectId);
        }

        return [.. ids];
    }

    /// <summary>Error 3729 when a schema-bound module depends on the one being altered.</summary>
    private void RefuseBoundDependents(ModuleDefinition module, ModuleAction action)
    {
        if (action != ModuleAction.Create && BoundDependent(module.ObjectId) is { } dependent)
        {
            throw SqlErrors.Create(3729, "ALTER", Catalog.QualifiedName(module), dependent);
        }
    }

    /// <summary>Name of something schema-bound that depends on an object: a module, or a constraint or computed column that calls it. Null for none.</summary>
    private string? BoundDependent(int objectId)
    {
        if (Catalog.ObjectsById.Values.OfType<ModuleDefinition>().FirstOrDefault(m => m.Dependencies.Contains(objectId)) is { } module)
        {
            return module.Name;
        }

        if (Catalog.ObjectsById.Values.OfType<SecurityPolicyDefinition>().FirstOrDefault(p => p.IsSchemaBound && p.Predicates.Any(d => d.FunctionId == objectId || d.TargetObjectId == objectId)) is { } policy)
        {
            return policy.Name;
        }

        if (Catalog.Find(objectId) is not ModuleDefinition { Type: ObjectTypes.ScalarFunction or ObjectTypes.ClrScalarFunction } function)
        {
            return null;
        }

        foreach (TableDefinition table in Catalog.ObjectsById.Values.OfType<TableDefinition>())
        {
            foreach (CheckDefinition check in table.Checks.Where(c => Calls(DdlExpressions.ParseCondition(c.Text), function)))
            {
                return check.Name;
            }

            foreach (ColumnDefinition column in table.Columns)
            {
                if (column.Default is { } value && Calls(DdlExpressions.Parse(value.Text), function))
                {
                    return value.Name;
                }

                if (column.ComputedText is { } text && Calls(DdlExpressions.Parse(text), function))
                {
                    return table.Name;
                }
            }
        }

        return null;
    }

    private bool Calls(SyntaxNode node, ModuleDefinition function) => SyntaxWalker.Descendants(node).OfType<FunctionCallExpression>().Any(c =>
        c.Name.Parts.Count > 1 && Catalog.Find(c.Name.Schema, c.Name.Name)?.ObjectId == function.ObjectId);

    /// <summary>Column names that a module's text mentions.</summary>
    private static HashSet<string> ModuleColumns(ModuleDefinition module) =>
        SyntaxWalker.ColumnNames(Parser.ParseBatch(module.Text).Statements[0]);
}
