using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>DDL triggers: modules of the database, without a schema and without a table.</summary>
internal sealed partial class DdlExecutor
{
    /// <summary>The place of DDL triggers among the schemas: none.</summary>
    private static readonly SchemaDefinition NoSchema = new(0, "", InitialCatalog.DboId);

    private void CreateDatabaseTrigger(CreateTriggerStatement statement)
    {
        if (statement.Scope == "ALL SERVER")
        {
            CreateServerTrigger(statement);
            return;
        }

        if (statement.Name.Schema is not null)
        {
            throw SqlErrors.Create(1094);
        }

        foreach (string name in statement.Events)
        {
            if (statement.IsInsteadOf || name is "INSERT" or "UPDATE" or "DELETE" or "LOGON" || DdlEvents.IsOfServer(name))
            {
                throw SqlErrors.Create(1098);
            }

            if (!DdlEvents.IsKnown(name))
            {
                throw name.StartsWith("DDL_", StringComparison.Ordinal) || name.Contains('_') ? SqlErrors.NotSupported($"the DDL event {name}") : SqlErrors.Create(1084, name);
            }
        }

        ModuleDefinition module = Begin(statement, ObjectTypes.Trigger, t => t == ObjectTypes.Trigger, NoSchema) with { TriggerEvents = [.. statement.Events], External = statement.External };
        if (statement.External is not null)
        {
            ValidateTrigger(module, statement);
        }

        _editor.Put(module);
    }

    private ModuleDefinition? FindDatabaseTrigger(string name) => Catalog.TriggersOn(0).FirstOrDefault(t => t.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private void DropDatabaseTrigger(ObjectName name, bool ifExists)
    {
        RequireDatabase("ALTER ANY DATABASE DDL TRIGGER");
        if (FindDatabaseTrigger(name.Name) is { } trigger)
        {
            _editor.Remove(trigger);
        }
        else if (!ifExists)
        {
            throw SqlErrors.CreateWithState(3701, 5, "drop", "trigger", name.ToString());
        }
    }

    /// <summary>ENABLE and DISABLE TRIGGER ... ON DATABASE; no names mean all.</summary>
    private void ChangeDatabaseTriggers(TriggerStateStatement statement)
    {
        if (statement.IsServer)
        {
            ChangeServerTriggers(statement);
            return;
        }

        RequireDatabase("ALTER ANY DATABASE DDL TRIGGER");
        IEnumerable<ModuleDefinition> chosen = statement.Triggers.Count == 0
            ? [.. Catalog.TriggersOn(0)]
            : [.. statement.Triggers.Select(t => FindDatabaseTrigger(t.Name) ?? throw SqlErrors.Create(1088, t.ToString()))];
        foreach (ModuleDefinition trigger in chosen)
        {
            _editor.Put(trigger with { IsDisabled = !statement.Enable, ModifyDate = _editor.Now });
        }
    }
}
