using NinaDB.Engine.Catalog;
using System.Globalization;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>DBCC USEROPTIONS: the SET options of the session in a fixed order; a switch is listed while it is on.</summary>
internal static class UserOptionsReport
{
    private static readonly ResultColumn[] Columns = [new("Set Option", SqlType.NVarChar(128), false), new("Value", SqlType.NVarChar(128), true)];

    /// <param name="isQuiet">WITH NO_INFOMSGS: without the closing message.</param>
    public static void Send(BatchExecution run, bool isQuiet)
    {
        SessionOptions o = run.Session.Options;
        List<(string Option, string Value)> rows =
        [
            ("textsize", Text(o.TextSize)),
            .. Valued(o.RowCountLimit > 0, "rowcount", Text(o.RowCountLimit)),
            ("language", o.Language),
            ("dateformat", o.DateFormat),
            ("datefirst", Text(o.DateFirst)),
            ("lock_timeout", Text(o.LockTimeout)),
            .. Switch(o.QuotedIdentifier, "quoted_identifier"),
            .. Switch(o.ArithAbort, "arithabort"),
            .. Switch(o.ArithIgnore, "arithignore"),
            .. Switch(o.NoCount, "nocount"),
            .. Switch(o.ImplicitTransactions, "implicit_transactions"),
            .. Switch(o.XactAbort, "xact_abort"),
            .. Switch(o.NumericRoundAbort, "numeric_roundabort"),
            .. Switch(o.CursorCloseOnCommit, "cursor_close_on_commit"),
            .. Switch(IsAnsi(o), "ansi_defaults"),
            .. Switch(o.AnsiNullDefaultOn, "ansi_null_dflt_on"),
            .. Switch(o.AnsiNullDefaultOff, "ansi_null_dflt_off"),
            .. Switch(o.AnsiWarnings, "ansi_warnings"),
            .. Switch(o.AnsiPadding, "ansi_padding"),
            .. Switch(o.AnsiNulls, "ansi_nulls"),
            .. Switch(o.ConcatNullYieldsNull, "concat_null_yields_null"),
            ("isolation level", o.IsolationLevel == "READ COMMITTED" && DatabaseOptions.IsOn(run.Session.Catalog, "READ_COMMITTED_SNAPSHOT", false) ? "read committed snapshot" : o.IsolationLevel.ToLowerInvariant()),
        ];
        run.SendColumns(Columns);
        foreach ((string option, string value) in rows)
        {
            run.SendRow([SqlValue.FromString(option), SqlValue.FromString(value)]);
        }

        run.Session.RowCount = rows.Count;
        run.SendEndRows();
        run.SendDone(run.Session.Options.NoCount ? null : rows.Count);
        if (!isQuiet)
        {
            run.SendMessage(Errors.SqlErrors.Create(2528).Error);
        }
    }

    private static bool IsAnsi(SessionOptions o) =>
        o.AnsiNulls && o.AnsiNullDefaultOn && o.AnsiPadding && o.AnsiWarnings && o.CursorCloseOnCommit && o.ImplicitTransactions && o.QuotedIdentifier;

    private static (string Option, string Value)[] Switch(bool on, string option) => Valued(on, option, "SET");

    private static (string Option, string Value)[] Valued(bool listed, string option, string value) => listed ? [(option, value)] : [];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
