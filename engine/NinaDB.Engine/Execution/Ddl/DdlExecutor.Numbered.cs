using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>Numbered procedures, name;2 and on: kept with the first of their group, and dropped with it.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/system-catalog-views/sys-numbered-procedures-transact-sql</remarks>
internal sealed partial class DdlExecutor
{
    /// <summary>The procedure that a statement names, the first of its group.</summary>
    private ModuleDefinition? FindGroup(CreateProcedureStatement statement)
    {
        string name = statement.Name.Name;
        return TemporaryNames.IsLocal(name)
            ? _session.Temporary.FindProcedure(name)
            : Catalog.Find<ModuleDefinition>(TemporaryNames.IsGlobal(name) ? "dbo" : TargetSchema(statement.Name).Name, name);
    }

    private void CreateNumbered(CreateProcedureStatement statement, int number)
    {
        string written = statement.Name.ToString();
        ModuleDefinition? group = FindGroup(statement);
        ModuleDefinition? existing = group?.Numbered.FirstOrDefault(n => n.Number == number);
        if (statement.Action == ModuleAction.Alter && existing is null)
        {
            throw SqlErrors.CreateWithState(208, 6, $"{written};{number}");
        }

        if (group is null)
        {
            throw SqlErrors.Create(2730, written, number);
        }

        if (statement.Action == ModuleAction.Create && existing is not null)
        {
            throw SqlErrors.CreateWithState(2714, 3, group.Name);
        }

        ModuleDefinition module = group with
        {
            Number = number,
            Numbered = [],
            Text = ModuleText(statement),
            IsEncrypted = statement.Options.Contains("ENCRYPTION"),
            UsesAnsiNulls = _session.Options.AnsiNulls,
            UsesQuotedIdentifier = _session.Options.QuotedIdentifier,
            ExecuteAsPrincipalId = ExecuteAs(statement.Options),
            Parameters = Parameters(statement.Parameters, isFunction: false),
        };
        ModuleBinding.Check(_session, module);
        _editor.Put(group with
        {
            Numbered = existing is null ? [.. group.Numbered.Append(module).OrderBy(n => n.Number)] : group.Numbered.Replace(existing, module),
            ModifyDate = _editor.Now,
        });
    }
}
