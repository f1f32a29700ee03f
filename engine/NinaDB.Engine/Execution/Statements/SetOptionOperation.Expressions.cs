using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>The SET options that change what expressions mean.</summary>
internal sealed partial class SetOptionOperation
{
    /// <summary>False when the option is not one of these.</summary>
    private static bool ApplyExpressionOption(SessionOptions options, string option, bool on)
    {
        switch (option)
        {
            case "ANSI_NULLS": options.AnsiNulls = on; return true;
            case "ANSI_PADDING": options.AnsiPadding = on; return true;
            case "ANSI_WARNINGS": options.AnsiWarnings = on; return true;
            case "ARITHABORT": options.ArithAbort = on; return true;
            case "ARITHIGNORE": options.ArithIgnore = on; return true;
            case "CONCAT_NULL_YIELDS_NULL": options.ConcatNullYieldsNull = on; return true;
            case "QUOTED_IDENTIFIER":
                // In force since the batch began: it is a matter of reading the text.
                return true;
            case "NUMERIC_ROUNDABORT": options.NumericRoundAbort = on; return true;
            case "ANSI_NULL_DFLT_ON":
                // Either of the two switches the other off; switching one off leaves the other alone.
                options.AnsiNullDefaultOn = on;
                options.AnsiNullDefaultOff &= !on;
                return true;
            case "ANSI_NULL_DFLT_OFF":
                options.AnsiNullDefaultOff = on;
                options.AnsiNullDefaultOn &= !on;
                return true;
            case "ANSI_DEFAULTS":
                options.AnsiNulls = options.AnsiPadding = options.AnsiWarnings = on;
                options.ImplicitTransactions = options.CursorCloseOnCommit = options.AnsiNullDefaultOn = on;
                options.AnsiNullDefaultOff &= !on;
                return true;
            default:
                return false;
        }
    }

    private static void SetDateFirst(SessionOptions options, SqlValue value)
    {
        if (value.IsNull || value.Kind is SqlTypeId.VarChar or SqlTypeId.NVarChar or SqlTypeId.Char or SqlTypeId.NChar)
        {
            throw SqlErrors.CreateWithState(2743, 3, "SET DATEFIRST");
        }

        long day = SqlConvert.Convert(value, SqlConvert.NaturalType(value), SqlType.BigInt).AsInt64;
        options.DateFirst = day is >= 1 and <= 7 ? (int)day : throw SqlErrors.Create(2742, day);
    }

    private static void SetDateFormat(SessionOptions options, SqlValue value)
    {
        string text = TextOption("SET DATEFORMAT", value);
        string format = text.ToLowerInvariant();
        options.DateFormat = format is "mdy" or "dmy" or "ymd" or "ydm" or "myd" or "dym" ? format : throw SqlErrors.Create(2741, text);
    }

    /// <summary>A language brings its order of dates and its first day of the week along, and says so in itself.</summary>
    private static void SetLanguage(BatchExecution run, SqlValue value)
    {
        string name = TextOption("SET LANGUAGE", value);
        SqlLanguage language = SqlLanguage.Find(name) ?? throw SqlErrors.Create(2740, name);
        language.ApplyTo(run.Session.Options);
        SqlError message = SqlErrors.Create(5703, language.Name).Error;
        run.SendMessage(language.ChangedText is { } text ? message with { Message = text } : message);
    }

    private static string TextOption(string option, SqlValue value) =>
        value.Kind is SqlTypeId.VarChar or SqlTypeId.NVarChar or SqlTypeId.Char or SqlTypeId.NChar ? value.AsString : throw SqlErrors.CreateWithState(2743, 2, option);
}
