using NinaDB.Engine.Catalog;
using NinaDB.Engine.Clr;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using Expression = NinaDB.Engine.Syntax.Ast.Expression;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>What assemblies bring besides procedures and functions.</summary>
internal sealed partial class DdlExecutor
{
    private void CreateAggregate(CreateAggregateStatement statement)
    {
        ModuleDefinition module = Begin(statement, ObjectTypes.ClrAggregate, _ => false);
        module = module with
        {
            Parameters = Parameters(statement.Parameters, isFunction: true),
            ReturnType = TypeResolver.Resolve(statement.ReturnType, Catalog, TypeUse.Parameter("", 0) with { Position = 1 }).Type,
            External = statement.External,
        };
        ClrHost.Validate(module, Catalog);
        _editor.Put(module);
    }

    /// <summary>Binds a CLR trigger to its method. Errors 10324, 6500, 6531 and those of every routine.</summary>
    private void ValidateTrigger(ModuleDefinition module, CreateTriggerStatement statement)
    {
        if (statement.Options.Contains("ENCRYPTION"))
        {
            throw SqlErrors.Create(10324);
        }

        ClrHost.Validate(module, Catalog);
    }

    /// <summary>What the rows of a CLR table-valued function, which nobody stores, cannot have. Errors 487, 6514, 6525 and 6526.</summary>
    private static void CheckStreamedTable(CreateFunctionStatement statement)
    {
        if (statement.Options.Contains("SCHEMABINDING"))
        {
            throw SqlErrors.Create(487, "CREATE FUNCTION");
        }

        foreach (ColumnDefinitionSyntax column in statement.ReturnTable!.Columns)
        {
            string type = column.Type?.Name.Name.ToLowerInvariant() ?? throw SqlErrors.Create(6524, column.Name);
            if (type is "timestamp" or "rowversion")
            {
                throw SqlErrors.CreateWithState(6514, 1, "TIMESTAMP", column.Name);
            }

            if (column.Identity is not null)
            {
                throw SqlErrors.CreateWithState(6514, 2, "IDENTITY", column.Name);
            }

            if (type is "char" or "varchar" or "text" or "ntext" or "image" or "character" or "char varying" or "character varying")
            {
                throw SqlErrors.CreateWithState(6514, 3, type, column.Name);
            }

            string? constraint = column.IsNullable == false ? "NOT NULL" : column.Constraints.FirstOrDefault(c => c.Kind is ConstraintKind.Default or ConstraintKind.Check)?.Kind.ToString().ToUpperInvariant();
            if (constraint is not null)
            {
                throw SqlErrors.Create(6526, constraint, column.Name);
            }
        }

        ConstraintSyntax? key = statement.ReturnTable.Constraints.Concat(statement.ReturnTable.Columns.SelectMany(c => c.Constraints)).FirstOrDefault(c => c.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique);
        if (key is not null)
        {
            throw SqlErrors.Create(6525, key.Kind == ConstraintKind.Unique ? "UNIQUE" : "PRIMARY KEY");
        }

        if (statement.ReturnTable.Constraints.Any(c => c.Kind == ConstraintKind.Check))
        {
            throw SqlErrors.Create(6525, "CHECK");
        }
    }

    /// <summary>ALTER ASSEMBLY: files beside the assembly's own, which are kept and shown, and never run. Errors 6249, 6250 and 6252.</summary>
    private AssemblyDefinition WithFiles(AssemblyDefinition assembly, AssemblyStatement statement)
    {
        List<AssemblyFile> files = statement.DropsAllFiles ? [] : [.. assembly.Files];
        foreach (string name in statement.DroppedFiles)
        {
            if (files.RemoveAll(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) == 0)
            {
                throw SqlErrors.Create(6250, assembly.Name, name);
            }
        }

        for (int i = 0; i < statement.AddedFiles.Count; i++)
        {
            (Expression content, string? name) = statement.AddedFiles[i];
            (byte[] bytes, string? path) = ReadFile(content, "ALTER");
            name ??= path is null ? throw SqlErrors.Create(6252, i + 1) : Path.GetFileName(path);
            if (files.Exists(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                throw SqlErrors.Create(6249, name, assembly.Name);
            }

            files.Add(new AssemblyFile(files.Select(f => f.FileId).DefaultIfEmpty(1).Max() + 1, name, bytes));
        }

        return assembly with { Files = [.. files] };
    }

    /// <summary>ALTER ASSEMBLY FROM with values of its types stored: only WITH UNCHECKED DATA takes that. Error 6280.</summary>
    private void RequireUncheckedData(AssemblyDefinition assembly, AssemblyStatement statement)
    {
        if (statement.IsDataUnchecked)
        {
            if (!Access.OnDatabase("ALTER ANY SCHEMA"))
            {
                throw SqlErrors.Create(6281);
            }

            return;
        }

        int[] types = [.. Catalog.TypesById.Values.Where(t => t.Clr is { } clr && clr.Assembly.Equals(assembly.Name, StringComparison.OrdinalIgnoreCase)).Select(t => t.UserTypeId)];
        if (Catalog.ObjectsById.Values.OfType<TableDefinition>().FirstOrDefault(t => t.Columns.Any(c => c.Type.UdtFacts is { } facts && types.Contains(facts.UserTypeId))) is { } table)
        {
            throw SqlErrors.Create(6280, table.Name);
        }
    }
}
