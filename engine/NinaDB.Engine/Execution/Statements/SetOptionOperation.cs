using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>SET of an option. Inside a module or dynamic batch the change ends with it.</summary>
internal sealed partial class SetOptionOperation(SetOptionStatement statement) : CompiledOperation<ValueUnit>
{
    protected override ValueUnit Compile(UnitCompiler compiler) => new(statement.Value is null
        ? _ => statement.Word is { } word ? SqlValue.FromString(word) : SqlValue.Null
        : QueryCompiler.CompileExpression(Checked(statement.Value, compiler), compiler.Scope, ValueType(statement.Options[0])));

    public override int Execute(BatchExecution run, Frame frame)
    {
        EngineSession session = run.Session;
        if (frame.Routine.Kind != RoutineKind.Batch)
        {
            frame.SavedOptions ??= session.Options.Clone();
        }

        SqlValue value = SqlValue.Null;
        if (statement.Value is not null || statement.Word is not null)
        {
            ValueUnit unit = Prepare(run, frame);
            value = unit.Value(ContextFor(run, frame, unit));
        }

        foreach (string option in statement.Options)
        {
            if (frame.Routine.QuotedIdentifier is not null && option is "ANSI_NULLS" or "QUOTED_IDENTIFIER")
            {
                // A module runs under what it was created with.
                continue;
            }

            Apply(run, option, value);
        }

        session.RowCount = 0;
        return Next;
    }

    /// <summary>ROWCOUNT takes an integer, be it in a variable.</summary>
    private Expression Checked(Expression value, UnitCompiler compiler) =>
        statement.Options[0] == "ROWCOUNT" && !QueryCompiler.Describe(value, compiler.Scope).Type.IsExactInteger ? throw SqlErrors.Create(507) : value;

    private static SqlType? ValueType(string option) => option switch
    {
        "ROWCOUNT" or "TEXTSIZE" or "LOCK_TIMEOUT" or "QUERY_GOVERNOR_COST_LIMIT" => SqlType.Int,
        "CONTEXT_INFO" => SqlType.VarBinary(128),
        "DATEFIRST" or "DATEFORMAT" or "LANGUAGE" => null,
        _ => SqlType.NVarChar(128),
    };

    private void Apply(BatchExecution run, string option, SqlValue value)
    {
        EngineSession session = run.Session;
        SessionOptions options = session.Options;
        bool on = statement.IsOn ?? false;
        if (ApplyExpressionOption(options, option, on))
        {
            return;
        }

        if (option.StartsWith(StatisticsPrefix, StringComparison.Ordinal))
        {
            ApplyStatistics(options, option[StatisticsPrefix.Length..].Split(','), on);
            return;
        }

        switch (option)
        {
            case "NOCOUNT": options.NoCount = on; break;
            case "XACT_ABORT": options.XactAbort = on; break;
            case "IMPLICIT_TRANSACTIONS": options.ImplicitTransactions = on; break;
            case "NOEXEC": options.NoExec = on; break;
            case "PARSEONLY": options.ParseOnly = on; break;
            case "FMTONLY": options.FmtOnly = on; break;
            case "CURSOR_CLOSE_ON_COMMIT": options.CursorCloseOnCommit = on; break;
            case "NO_BROWSETABLE": options.NoBrowseTable = on; break;
            case "FORCEPLAN" or "REMOTE_PROC_TRANSACTIONS" or "OFFSETS" or "FIPS_FLAGGER": break;
            case "DISABLE_DEF_CNST_CHK" or "RESULT_SET_CACHING":
                if (on)
                {
                    throw SqlErrors.NotSupported($"SET {option} ON");
                }

                break;
            case "SHOWPLAN_ALL" or "SHOWPLAN_TEXT" or "SHOWPLAN_XML": options.ShowPlan = on ? option : null; break;
            case "TRANSACTION ISOLATION LEVEL": options.IsolationLevel = statement.Word!; break;
            case "LOCK_TIMEOUT": options.LockTimeout = value.IsNull ? -1 : value.AsInt32; break;
            case "ROWCOUNT": options.RowCountLimit = value.IsNull || value.AsInt32 < 0 ? throw SqlErrors.Create(507) : value.AsInt32; break;
            case "TEXTSIZE": options.TextSize = value.IsNull || value.AsInt32 == 0 ? 4096 : value.AsInt32; break;
            case "DATEFIRST": SetDateFirst(options, value); break;
            case "DATEFORMAT": SetDateFormat(options, value); break;
            case "LANGUAGE": SetLanguage(run, value); break;
            case "CONTEXT_INFO": session.ContextInfo = value.IsNull ? null : value.AsBytes; break;
            case "IDENTITY_INSERT": SetIdentityInsert(session, on); break;
            case "DEADLOCK_PRIORITY": CheckDeadlockPriority(value); break;
            case "QUERY_GOVERNOR_COST_LIMIT": break;
            default:
                throw SqlErrors.NotSupported("SET " + option);
        }
    }

    private const string StatisticsPrefix = "STATISTICS ";

    private static void ApplyStatistics(SessionOptions options, string[] what, bool on)
    {
        foreach (string word in what)
        {
            switch (word)
            {
                case "TIME": options.StatisticsTime = on; break;
                case "IO": options.StatisticsIo = on; break;
                case "PROFILE": options.StatisticsProfile = on; break;
                default: options.StatisticsXml = on; break;
            }
        }
    }

    /// <summary>LOW, NORMAL, HIGH or a number; there is one writer at a time, so it decides nothing.</summary>
    private static void CheckDeadlockPriority(SqlValue value)
    {
        const int Limit = 10;
        string text = value.IsNull ? "NORMAL" : value.AsString.Trim().ToUpperInvariant();
        if (text is not ("LOW" or "NORMAL" or "HIGH") && !(int.TryParse(text, out int number) && number is >= -Limit and <= Limit))
        {
            throw SqlErrors.Create(2755);
        }
    }

    private void SetIdentityInsert(EngineSession session, bool on)
    {
        session.RefreshCatalog();
        ObjectName name = statement.Table!;
        TableDefinition table = session.FindTable(name) ?? throw SqlErrors.CreateWithState(1088, 11, name);
        string qualified = session.DescribeTable(table, withDatabase: false);
        if (!table.Columns.Any(c => c.Identity is not null))
        {
            throw SqlErrors.Create(8106, qualified);
        }

        if (!on)
        {
            if (session.IdentityInsertTableId == table.ObjectId)
            {
                session.IdentityInsertTableId = 0;
            }

            return;
        }

        if (session.IdentityInsertTableId != 0 && session.IdentityInsertTableId != table.ObjectId && session.FindTable(session.IdentityInsertTableId) is { } other)
        {
            throw SqlErrors.Create(8107, session.DescribeTable(other, withDatabase: true), qualified);
        }

        session.IdentityInsertTableId = table.ObjectId;
    }
}

/// <summary>USE. It acts when the batch is compiled as well as when it runs, so that what follows in the batch means objects of the new database.</summary>
internal sealed class UseOperation(UseStatement statement) : Operation
{
    public override int Execute(BatchExecution run, Frame frame)
    {
        EngineSession session = run.Session;
        session.RefreshCatalog();
        session.Use(statement.Database);
        run.SendMessage(SqlErrors.Create(5701, session.DatabaseName).Error);
        session.RowCount = 0;
        return Next;
    }

    /// <summary>The rest of the batch is compiled in the database. The caller returns to where it was.</summary>
    public override void Precompile(BatchExecution run, Frame frame)
    {
        run.Session.RefreshCatalog();
        run.Session.Use(statement.Database);
    }
}
