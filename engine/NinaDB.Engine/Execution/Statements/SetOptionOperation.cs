using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>SET of an option. Inside a module or dynamic batch the change ends with it.</summary>
internal sealed class SetOptionOperation(SetOptionStatement statement) : CompiledOperation<ValueUnit>
{
    protected override ValueUnit Compile(UnitCompiler compiler) => new(statement.Value is null
        ? _ => statement.Word is { } word ? SqlValue.FromString(word) : SqlValue.Null
        : QueryCompiler.CompileExpression(statement.Value, compiler.Scope, ValueType(statement.Options[0])));

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
            Apply(run, option, value);
        }

        session.RowCount = 0;
        return Next;
    }

    private static SqlType ValueType(string option) => option switch
    {
        "ROWCOUNT" or "TEXTSIZE" or "LOCK_TIMEOUT" or "DATEFIRST" or "QUERY_GOVERNOR_COST_LIMIT" => SqlType.Int,
        "CONTEXT_INFO" => SqlType.VarBinary(128),
        _ => SqlType.NVarChar(128),
    };

    /// <summary>Settings of old applications that would change answers and that no expression here honours.</summary>
    private static void RefuseOldSemantics(string option, bool on)
    {
        if ((!on && option is ("ANSI_NULLS" or "CONCAT_NULL_YIELDS_NULL" or "ANSI_PADDING" or "ANSI_DEFAULTS")) || (on && option is "NUMERIC_ROUNDABORT"))
        {
            throw SqlErrors.NotSupported($"SET {option} {(on ? "ON" : "OFF")}");
        }
    }

    private void Apply(BatchExecution run, string option, SqlValue value)
    {
        EngineSession session = run.Session;
        SessionOptions options = session.Options;
        bool on = statement.IsOn ?? false;
        RefuseOldSemantics(option, on);
        switch (option)
        {
            case "NOCOUNT": options.NoCount = on; break;
            case "XACT_ABORT": options.XactAbort = on; break;
            case "ANSI_NULLS": options.AnsiNulls = on; break;
            case "ANSI_PADDING": options.AnsiPadding = on; break;
            case "ANSI_WARNINGS": options.AnsiWarnings = on; break;
            case "ARITHABORT": options.ArithAbort = on; break;
            case "CONCAT_NULL_YIELDS_NULL": options.ConcatNullYieldsNull = on; break;
            case "QUOTED_IDENTIFIER": options.QuotedIdentifier = on; break;
            case "NUMERIC_ROUNDABORT": options.NumericRoundAbort = on; break;
            case "IMPLICIT_TRANSACTIONS": options.ImplicitTransactions = on; break;
            case "ANSI_NULL_DFLT_ON": options.AnsiNullDefault = on; break;
            case "ANSI_NULL_DFLT_OFF": options.AnsiNullDefault = !on; break;
            case "NOEXEC": options.NoExec = on; break;
            case "PARSEONLY": options.ParseOnly = on; break;
            case "FMTONLY": options.FmtOnly = on; break;
            case "ANSI_DEFAULTS":
                options.AnsiNulls = options.AnsiPadding = options.AnsiWarnings = options.QuotedIdentifier = options.ImplicitTransactions = options.AnsiNullDefault = on;
                break;
            case "CURSOR_CLOSE_ON_COMMIT": options.CursorCloseOnCommit = on; break;
            case "NO_BROWSETABLE": options.NoBrowseTable = on; break;
            case "ARITHIGNORE" or "FORCEPLAN" or "REMOTE_PROC_TRANSACTIONS" or "DISABLE_DEF_CNST_CHK"
                or "RESULT_SET_CACHING" or "SHOWPLAN_ALL" or "SHOWPLAN_TEXT" or "SHOWPLAN_XML":
                if (on)
                {
                    throw SqlErrors.NotSupported($"SET {option} ON");
                }

                break;
            case "TRANSACTION ISOLATION LEVEL": options.IsolationLevel = statement.Word!; break;
            case "LOCK_TIMEOUT": options.LockTimeout = value.IsNull ? -1 : value.AsInt32; break;
            case "ROWCOUNT": options.RowCountLimit = value.IsNull || value.AsInt32 < 0 ? throw SqlErrors.Create(1031) : value.AsInt32; break;
            case "TEXTSIZE": options.TextSize = value.IsNull || value.AsInt32 <= 0 ? int.MaxValue : value.AsInt32; break;
            case "DATEFIRST":
                options.DateFirst = !value.IsNull && value.AsInt32 is >= 1 and <= 7 ? value.AsInt32 : throw SqlErrors.Create(2742, value.IsNull ? "NULL" : value.AsInt32);
                break;
            case "DATEFORMAT":
                string format = value.IsNull ? "" : value.AsString.ToLowerInvariant();
                options.DateFormat = format is "mdy" or "dmy" or "ymd" or "ydm" or "myd" or "dym" ? format : throw SqlErrors.Create(2741, value.IsNull ? "NULL" : value.AsString);
                break;
            case "LANGUAGE": SetLanguage(run, value); break;
            case "CONTEXT_INFO": session.ContextInfo = value.IsNull ? null : value.AsBytes; break;
            case "IDENTITY_INSERT": SetIdentityInsert(session, on); break;
            case "DEADLOCK_PRIORITY" or "QUERY_GOVERNOR_COST_LIMIT": break;
            case "STATISTICS IO" or "STATISTICS TIME" or "STATISTICS IO,TIME" or "STATISTICS TIME,IO" when !on: break;
            default:
                throw SqlErrors.NotSupported("SET " + option);
        }
    }

    private static void SetLanguage(BatchExecution run, SqlValue value)
    {
        string language = value.IsNull ? "" : value.AsString;
        (string name, int first, string format) = language.ToLowerInvariant() switch
        {
            "us_english" or "english" => ("us_english", 7, "mdy"),
            "british" or "british english" => ("British", 1, "dmy"),
            "deutsch" or "german" => ("Deutsch", 1, "dmy"),
            "français" or "french" => ("Français", 1, "dmy"),
            "español" or "spanish" => ("Español", 1, "dmy"),
            "italiano" or "italian" => ("Italiano", 1, "dmy"),
            _ => throw SqlErrors.Create(2740, language),
        };
        SessionOptions options = run.Session.Options;
        options.Language = name;
        options.DateFirst = first;
        options.DateFormat = format;
        run.SendMessage(SqlErrors.Create(5703, name).Error);
    }

    private void SetIdentityInsert(EngineSession session, bool on)
    {
        session.RefreshCatalog();
        ObjectName name = statement.Table!;
        TableDefinition table = session.FindTable(name.Schema, name.Name) ?? throw SqlErrors.Create(1088, name);
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

/// <summary>USE: there is one database, so its own name (and tempdb and master, which have no files here) is all that is known.</summary>
internal sealed class UseOperation(UseStatement statement) : Operation
{
    public override int Execute(BatchExecution run, Frame frame)
    {
        string name = run.Session.Database.Name;
        if (!statement.Database.Equals(name, StringComparison.OrdinalIgnoreCase))
        {
            throw SqlErrors.Create(911, statement.Database);
        }

        run.SendMessage(SqlErrors.Create(5701, name).Error);
        run.Session.RowCount = 0;
        return Next;
    }
}
