using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>DBCC CHECKIDENT, CHECKPOINT, RECONFIGURE and other words that are no statement of their own.</summary>
internal sealed class UtilityOperation(UtilityStatement statement) : CompiledOperation<ValuesUnit>
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
        switch (statement.Command)
        {
            case "CHECKPOINT" or "RECONFIGURE":
                if (statement.Command == "RECONFIGURE")
                {
                    if (!Security.PrincipalAccess.Of(run.Session).IsUnlimited)
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
            case "DBCC FREEPROCCACHE":
                run.Session.Database.Routines.Clear();
                break;
            case "DBCC DROPCLEANBUFFERS" or "DBCC UPDATEUSAGE" or "DBCC TRACEON" or "DBCC TRACEOFF":
                break;
            default:
                throw SqlErrors.NotSupported(statement.Command);
        }

        run.Session.RowCount = 0;
        return Next;
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
                if (value.Configured != value.InUse)
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

        string old = session.LastIdentityOf(table)?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "NULL";
        if (unit.Values.Count > 2)
        {
            SqlValue value = unit.Values[2].Value(context);
            decimal reseed = SqlConvert.Convert(value, unit.Values[2].Type, SqlType.Decimal(38, 0)).AsDecimal.Value;
            StoreUse stores = table.Storage == TableStorageKind.Durable ? StoreUse.Durable : StoreUse.Temporary;
            StatementScope scope = session.BeginWriteStatement(stores, isAtomic: true, run.Cancellation);
            session.ReseedIdentity(table, (Int128)reseed);
            session.CompleteStatement(scope);
            Inform(run, new SqlError(7998, 10, 1, $"Checking identity information: current identity value '{old}'.", Line, frame.Name));
            return;
        }

        Inform(run, SqlErrors.Create(7998, old, old).Error);
    }

    private void Inform(BatchExecution run, SqlError message)
    {
        if (!statement.Options.Contains("NO_INFOMSGS"))
        {
            run.SendMessage(message);
        }
    }
}
