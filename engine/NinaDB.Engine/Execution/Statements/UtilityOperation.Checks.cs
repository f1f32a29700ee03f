using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>DBCC CHECKDB, CHECKTABLE, CHECKFILEGROUP, CHECKALLOC and CHECKCATALOG: rows, indexes, large values and counts of tables are read and held against each other.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/t-sql/database-console-commands/dbcc-checkdb-transact-sql. There is no Service Broker to report on, and repairs are refused.</remarks>
internal sealed partial class UtilityOperation
{
    private void CheckDatabase(BatchExecution run, SqlValue[] arguments)
    {
        EngineSession session = run.Session;
        string command = statement.Command["DBCC ".Length..];
        RefuseRepairs(arguments);
        CatalogSnapshot database = DatabaseOf(session, command != "CHECKFILEGROUP" && arguments.Length > 0 ? arguments[0] : SqlValue.Null);
        if (PrincipalAccess.In(session, database) is not { } access || !access.OnDatabase("CONTROL"))
        {
            throw SqlErrors.Create(7983, session.CurrentLogin, command, database.DatabaseName);
        }

        if (command == "CHECKCATALOG" || statement.Options.Contains("ESTIMATEONLY"))
        {
            return;
        }

        Inform(run, SqlErrors.Create(2536, database.DatabaseName).Error);
        bool tellsTables = !statement.Options.Contains("PHYSICAL_ONLY");
        int found = 0;
        if (command != "CHECKALLOC")
        {
            foreach (TableDefinition table in database.ObjectsById.Values.OfType<TableDefinition>().OrderBy(t => t.ObjectId))
            {
                found += CheckTable(run, database, table, tellsTables);
            }
        }

        Inform(run, SqlErrors.Create(8989, command, 0, found, database.DatabaseName).Error);
    }

    /// <summary>DBCC CHECKTABLE (table [, NOINDEX | index]).</summary>
    private void CheckTable(BatchExecution run, SqlValue[] arguments)
    {
        EngineSession session = run.Session;
        RefuseRepairs(arguments);
        if (arguments is not [{ IsNull: false } argument, ..])
        {
            throw SqlErrors.Create(2583);
        }

        TableDefinition table;
        if (argument.Kind is SqlTypeId.VarChar or SqlTypeId.NVarChar or SqlTypeId.Char or SqlTypeId.NChar)
        {
            string name = argument.AsString;
            table = session.FindTable(new Syntax.Ast.ObjectName { Parts = Syntax.Parser.TryParseName(name) ?? [name] }) ?? throw SqlErrors.Create(2501, name);
        }
        else
        {
            int id = SqlConvert.Convert(argument, SqlType.Int, SqlType.Int).AsInt32;
            table = session.Catalog.ObjectsById.GetValueOrDefault(id) as TableDefinition ?? throw SqlErrors.Create(2573, id);
        }

        if (!PrincipalAccess.Of(session, table).OnObject("ALTER", table))
        {
            throw SqlErrors.Create(2557, session.CurrentLogin, "CHECKTABLE", table.Name);
        }

        if (!statement.Options.Contains("ESTIMATEONLY"))
        {
            CatalogSnapshot database = session.CatalogOf(table);
            int found = CheckTable(run, database, table, isTold: true);
            if (found > 0)
            {
                Inform(run, SqlErrors.Create(8990, "CHECKTABLE", 0, found, table.Name, table.ObjectId).Error);
            }
        }
    }

    /// <summary>Reads a table whole; returns the number of errors it sent.</summary>
    private int CheckTable(BatchExecution run, CatalogSnapshot database, TableDefinition table, bool isTold)
    {
        EngineSession session = run.Session;
        run.Cancellation.ThrowIfCancellationRequested();
        session.BeginRead();
        try
        {
            IReadOnlyList<string> problems = TableWriter.For(session, table).Access(session, table).Check();
            if (isTold)
            {
                string? schema = database.SchemaName(table.SchemaId);
                string name = schema is null or "dbo" ? table.Name : $"{schema}.{table.Name}";
                Inform(run, SqlErrors.Create(2536, name).Error);
                Inform(run, SqlErrors.Create(2593, SystemViews.Rows(session, table), SystemViews.Pages(session, table), name).Error);
            }

            foreach (string problem in problems)
            {
                // The number is the server's for a table whose index and rows part; what exactly is wrong is in this host's words.
                run.SendMessage(new SqlError(8951, 16, 1, "Table error: " + problem, Line, null));
            }

            return problems.Count;
        }
        finally
        {
            session.EndRead();
        }
    }

    private static void RefuseRepairs(SqlValue[] arguments)
    {
        foreach (SqlValue argument in arguments)
        {
            if (argument is { IsNull: false, Kind: SqlTypeId.NVarChar } && argument.AsString.StartsWith("REPAIR_", StringComparison.OrdinalIgnoreCase))
            {
                throw SqlErrors.NotSupported(argument.AsString.ToUpperInvariant());
            }
        }
    }
}
