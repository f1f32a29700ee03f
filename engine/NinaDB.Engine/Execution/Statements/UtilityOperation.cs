using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>DBCC CHECKIDENT, CHECKPOINT, RECONFIGURE and other words that are no statement of their own.</summary>
internal sealed partial class UtilityOperation(UtilityStatement statement) : CompiledOperation<ValuesUnit>
{
    protected override ValuesUnit Compile(UnitCompiler compiler)
    {
        var values = new List<(Evaluator, SqlType)>();
        foreach (Expression argument in statement.Arguments)
        {
            if (argument is ColumnExpression word)
            {
                // A bare word: NORESEED, or a table's name.
                string text = string.Join('.', [.. word.Qualifier, word.Name]);
                values.Add((_ => SqlValue.FromString(text), SqlType.NVarChar(256)));
                continue;
            }

            SqlType type = QueryCompiler.Describe(argument, compiler.Scope).Type;
            values.Add((QueryCompiler.CompileExpression(argument, compiler.Scope), type));
        }

        return new ValuesUnit(values);
    }

    public override int Execute(BatchExecution run, Frame frame)
    {
        if (ExecuteCommand(run, frame))
        {
            return Next;
        }

        switch (statement.Command)
        {
            case "CHECKPOINT" or "RECONFIGURE":
                if (statement.Command == "RECONFIGURE")
                {
                    if (!Security.ServerAccess.Of(run.Session).Allows("ALTER SETTINGS"))
                    {
                        throw SqlErrors.Create(5812);
                    }

                    Reconfigure(run);
                }

                break;
            case "DBCC CHECKIDENT":
                CheckIdentity(run, frame);
                break;
            case "DBCC USEROPTIONS":
                UserOptionsReport.Send(run, statement.Options.Contains("NO_INFOMSGS"));
                return Next;
            case "DBCC INPUTBUFFER":
                SendInputBuffer(run, frame);
                return Next;
            default:
                throw SqlErrors.NotSupported(statement.Command);
        }

        run.Session.RowCount = 0;
        return Next;
    }

    private static readonly ResultColumn[] InputBufferColumns =
        [new("EventType", SqlType.NVarChar(30), true), new("Parameters", SqlType.SmallInt, true), new("EventInfo", SqlType.NVarChar(4000), true)];

    /// <summary>DBCC INPUTBUFFER (session [, request]): the batch or call that a session sent last.</summary>
    private void SendInputBuffer(BatchExecution run, Frame frame)
    {
        ValuesUnit unit = Prepare(run, frame);
        if (unit.Values.Count == 0)
        {
            throw SqlErrors.Create(2583);
        }

        ExecutionContext context = ContextFor(run, frame, unit);
        SqlValue id = SqlConvert.Convert(unit.Values[0].Value(context), unit.Values[0].Type, SqlType.Int);
        EngineSession session = run.Session.Database.Sessions.FirstOrDefault(s => !id.IsNull && s.SessionId == id.AsInt32)
            ?? throw SqlErrors.Create(7955, id.IsNull ? "0" : id.AsInt32.ToString(System.Globalization.CultureInfo.InvariantCulture));
        (string type, string text) = session.InputBuffer;
        run.Sink.Columns(InputBufferColumns);
        run.Sink.Row([SqlValue.FromString(type), SqlValue.FromSmallInt(0), SqlValue.FromString(text.Length > 4000 ? text[..4000] : text)]);
        run.Sink.EndRows();
        run.Sink.Done(1);
        Inform(run, SqlErrors.Create(2528).Error);
    }

    private static void Reconfigure(BatchExecution run)
    {
        EngineSession session = run.Session;
        StatementScope scope = session.BeginWriteStatement(StoreUse.Durable, isAtomic: false, run.Cancellation);
        try
        {
            var editor = new CatalogEditor(session);
            foreach ((string name, ConfigurationValue value) in session.Catalog.Configurations)
            {
                // What is not dynamic waits for the next start.
                if (value.Configured != value.InUse && ServerConfiguration.All.FirstOrDefault(o => o.Name == name) is not { IsDynamic: false })
                {
                    editor.SetConfiguration(name, value with { InUse = value.Configured });
                }
            }
        }
        catch
        {
            session.FailStatement(scope);
            throw;
        }

        session.CompleteStatement(scope);
    }

    /// <summary>DBCC CHECKIDENT (table [, NORESEED | RESEED [, value]]).</summary>
    private void CheckIdentity(BatchExecution run, Frame frame)
    {
        EngineSession session = run.Session;
        ValuesUnit unit = Prepare(run, frame);
        ExecutionContext context = ContextFor(run, frame, unit);
        string name = unit.Values.Count > 0 ? unit.Values[0].Value(context).AsString : "";
        session.RefreshCatalog();
        TableDefinition table = session.FindTable(new Syntax.Ast.ObjectName { Parts = Syntax.Parser.TryParseName(name) ?? [name] }) ?? throw SqlErrors.Create(2501, name);
        if (!table.Columns.Any(c => c.Identity is not null))
        {
            throw SqlErrors.Create(7997, table.Name);
        }

        string old = Text(session.LastIdentityOf(table));
        if (unit.Values.Count > 2)
        {
            SqlValue value = unit.Values[2].Value(context);
            decimal reseed = SqlConvert.Convert(value, unit.Values[2].Type, SqlType.Decimal(38, 0)).AsDecimal.Value;
            Reseed(run, table, reseed);
            Inform(run, new SqlError(7998, 10, 1, $"Checking identity information: current identity value '{old}'.", Line, frame.Name));
        }
        else
        {
            decimal? highest = ColumnValueOf(run, table);
            Inform(run, SqlErrors.Create(7998, old, Text(highest)).Error);
            bool mayCorrect = unit.Values.Count == 1 || !unit.Values[1].Value(context).AsString.Equals("NORESEED", StringComparison.OrdinalIgnoreCase);
            if (mayCorrect && highest is { } correct && IsBehind(session, table, correct))
            {
                Reseed(run, table, correct);
            }
        }

        Inform(run, SqlErrors.Create(2528).Error);
    }

    private static string Text(decimal? value) => value?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "NULL";

    private static void Reseed(BatchExecution run, TableDefinition table, decimal value)
    {
        EngineSession session = run.Session;
        StoreUse stores = table.Storage == TableStorageKind.Durable ? StoreUse.Durable : StoreUse.Temporary;
        StatementScope scope = session.BeginWriteStatement(stores, isAtomic: true, run.Cancellation);
        session.ReseedIdentity(table, (Int128)value);
        session.CompleteStatement(scope);
    }

    private static bool IsBehind(EngineSession session, TableDefinition table, decimal value)
    {
        bool grows = table.Columns.First(c => c.Identity is not null).Identity!.Increment > 0;
        return session.LastIdentityOf(table) is not { } last || (grows ? last < value : last > value);
    }

    /// <summary>The highest value in the identity column (the lowest, where it counts down); null without rows.</summary>
    private static decimal? ColumnValueOf(BatchExecution run, TableDefinition table)
    {
        EngineSession session = run.Session;
        int ordinal = table.Columns.ToList().FindIndex(c => c.Identity is not null);
        bool grows = table.Columns[ordinal].Identity!.Increment > 0;
        decimal? found = null;
        session.BeginRead();
        try
        {
            var buffer = new SqlValue[1];
            using TableCursor cursor = new TableAccess(table, session.StoreFor(table)).Scan(table.RowStore, KeyRange.All, [ordinal], buffer);
            while (cursor.MoveNext())
            {
                decimal value = SqlConvert.Convert(buffer[0], table.Columns[ordinal].Type, SqlType.Decimal(38, 0)).AsDecimal.Value;
                found = found is { } best && (grows ? best >= value : best <= value) ? best : value;
            }
        }
        finally
        {
            session.EndRead();
        }

        return found;
    }

    private void Inform(BatchExecution run, SqlError message)
    {
        if (!statement.Options.Contains("NO_INFOMSGS"))
        {
            run.SendMessage(message);
        }
    }
}
