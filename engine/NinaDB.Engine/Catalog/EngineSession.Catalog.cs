using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Session;

/// <summary>What a session knows beside the database's catalog: its temp tables, its context, and its place in the nesting of modules.</summary>
public sealed partial class EngineSession
{
    /// <summary>Temp tables. Saved and restored together with <see cref="Catalog"/> by transactions and savepoints.</summary>
    internal TemporaryCatalog Temporary { get; set; } = TemporaryCatalog.Empty;

    /// <summary>@@NESTLEVEL: 0 in a batch, 1 in a procedure that it calls, and so on. Kept by the module runner.</summary>
    internal int NestLevel { get; set; }

    /// <summary>Principal whose permissions and default schema apply now (dbo unless EXECUTE AS changed it).</summary>
    internal int PrincipalId { get; set; } = 1;

    /// <summary>Login that opened the session.</summary>
    internal string OriginalLogin { get; set; } = "sa";

    internal string HostName { get; set; } = Environment.MachineName;

    internal string ApplicationName { get; set; } = "NinaDB";

    internal DateTime LoginTime { get; set; } = DateTime.Now;

    /// <summary>SESSION_CONTEXT: values set by sp_set_session_context, and whether they are read-only.</summary>
    internal Dictionary<string, (Types.SqlValue Value, bool IsReadOnly)> Context { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>CONTEXT_INFO: up to 128 bytes; null until set.</summary>
    internal byte[]? ContextInfo { get; set; }

    /// <summary>Table by name as statements name it: a temp table (#t), or one of the catalog. Null when it does not exist or is no table.</summary>
    internal TableDefinition? FindTable(string? schema, string name) =>
        TemporaryNames.IsLocal(name) ? Temporary.Find(name)
            : TemporaryNames.IsGlobal(name) ? Server.Tempdb.Find<TableDefinition>("dbo", name)
            : Catalog.Find<TableDefinition>(schema ?? DefaultSchema, name);

    /// <summary>Table by name of one to three parts.</summary>
    internal TableDefinition? FindTable(Syntax.Ast.ObjectName name)
    {
        if (name.Database is null || TemporaryNames.IsTemporary(name.Name))
        {
            return FindTable(name.Schema, name.Name);
        }

        if (FindDatabase(name.Database) is not { } database)
        {
            return null;
        }

        using DatabaseScope scope = In(database.DatabaseId);
        return FindTable(name.Schema, name.Name);
    }

    /// <summary>Schema that unqualified names go to while the elements of CREATE SCHEMA run; null otherwise.</summary>
    internal string? SchemaOverride { get; set; }

    /// <summary>Default schema of the current principal.</summary>
    internal string DefaultSchema => SchemaOverride ?? Catalog.Principals.GetValueOrDefault(PrincipalId)?.DefaultSchema ?? "dbo";
}
