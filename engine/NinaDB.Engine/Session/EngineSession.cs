using NinaDB.Engine.Catalog;
using NinaDB.Engine.Storage;

namespace NinaDB.Engine.Session;

/// <summary>
/// One connection to a database: SET options, current transaction, temp objects, the catalog it sees, and what @@ functions report. Used by one thread at a time.
/// </summary>
public sealed partial class EngineSession
{
    /// <summary>Durable storage.</summary>
    internal IStoreConnection Store { get; set; } = null!;

    /// <summary>Memory storage of temp tables and table variables.</summary>
    internal MemoryStoreConnection TemporaryStore { get; set; } = null!;

    /// <summary>SET options as they are now.</summary>
    internal SessionOptions Options { get; } = new();

    /// <summary>Runs functions that queries call.</summary>
    internal IModuleRunner Modules { get; set; } = null!;

    /// <summary>@@SPID.</summary>
    public int SessionId { get; internal set; }

    /// <summary>@@ROWCOUNT (ROWCOUNT_BIG()).</summary>
    internal long RowCount { get; set; }

    /// <summary>@@ERROR.</summary>
    internal int LastError { get; set; }

    /// <summary>@@TRANCOUNT.</summary>
    internal int TransactionCount { get; set; }

    /// <summary>@@IDENTITY; null until one was generated.</summary>
    internal decimal? LastIdentity { get; set; }
}

/// <summary>The SET options of a session, with the defaults that ODBC/OLE DB clients get.</summary>
internal sealed class SessionOptions
{
    /// <summary>What a new session has. Never changed.</summary>
    public static SessionOptions Standard { get; } = new();

    public bool NoCount { get; set; }

    public bool XactAbort { get; set; }

    public bool AnsiNulls
    {
        get;
        set => Change(ref field, value);
    }

    = true;

    public bool AnsiPadding
    {
        get;
        set => Change(ref field, value);
    }

    = true;

    public bool AnsiWarnings
    {
        get;
        set => Change(ref field, value);
    }

    = true;

    /// <summary>Off for clients, as drivers leave it: under ANSI_WARNINGS ON an arithmetic error ends its statement either way.</summary>
    public bool ArithAbort
    {
        get;
        set => Change(ref field, value);
    }

    /// <summary>No message beside the NULL that an arithmetic error gives while ANSI_WARNINGS and ARITHABORT are off.</summary>
    public bool ArithIgnore
    {
        get;
        set => Change(ref field, value);
    }

    public bool ConcatNullYieldsNull
    {
        get;
        set => Change(ref field, value);
    }

    = true;

    public bool QuotedIdentifier
    {
        get;
        set => Change(ref field, value);
    }

    = true;

    public bool NumericRoundAbort
    {
        get;
        set => Change(ref field, value);
    }

    public bool ImplicitTransactions { get; set; }

    public bool CursorCloseOnCommit { get; set; }

    public bool AnsiNullDefaultOn { get; set; } = true;

    public bool AnsiNullDefaultOff { get; set; }

    /// <summary>Whether a column of CREATE TABLE that says neither NULL nor NOT NULL takes NULL; the database's own option is off.</summary>
    public bool AnsiNullDefault => AnsiNullDefaultOn;

    /// <summary>An arithmetic error gives NULL and a message instead of ending the statement.</summary>
    public bool AbsorbsArithmeticErrors => !AnsiWarnings && !ArithAbort;

    public bool NoExec { get; set; }

    public bool ParseOnly { get; set; }

    public bool FmtOnly { get; set; }

    /// <summary>SHOWPLAN_TEXT, SHOWPLAN_ALL or SHOWPLAN_XML: statements are described, not run. Null for none.</summary>
    public string? ShowPlan { get; set; }

    /// <summary>Each statement tells how long it took.</summary>
    public bool StatisticsTime { get; set; }

    /// <summary>Each statement tells what it has read.</summary>
    public bool StatisticsIo { get; set; }

    /// <summary>Each statement's plan follows it, with what its operators did, as a table.</summary>
    public bool StatisticsProfile { get; set; }

    /// <summary>The same as XML.</summary>
    public bool StatisticsXml { get; set; }

    /// <summary>Something is told after each statement.</summary>
    public bool Measures => StatisticsTime || StatisticsIo || StatisticsProfile || StatisticsXml;

    /// <summary>SET NO_BROWSETABLE ON: results of SELECT name their base tables and carry their keys.</summary>
    public bool NoBrowseTable
    {
        get;
        set => Change(ref field, value);
    }

    public int LockTimeout { get; set; } = -1;

    /// <summary>1 = Monday ... 7 = Sunday (us_english default).</summary>
    public int DateFirst
    {
        get;
        set => Change(ref field, value);
    }

    = 7;

    public string DateFormat
    {
        get;
        set => Change(ref field, value);
    }

    = "mdy";

    public string Language
    {
        get;
        set
        {
            field = value;
            LanguageInfo = Types.SqlLanguage.Find(value) ?? Types.SqlLanguage.English;
        }
    }
    = "us_english";

    /// <summary>Month names and the like of <see cref="Language"/>.</summary>
    public Types.SqlLanguage LanguageInfo { get; private set; } = Types.SqlLanguage.English;

    public long RowCountLimit { get; set; }

    public int TextSize { get; set; } = int.MaxValue;

    public string IsolationLevel
    {
        get;
        set
        {
            field = value;
            IsSnapshot = value == "SNAPSHOT";
        }
    }

    = "READ COMMITTED";

    /// <summary>SNAPSHOT isolation, which databases have to allow (error 3952).</summary>
    public bool IsSnapshot { get; private set; }

    private long _meaning = -1;

    /// <summary>The options that change what a text means, as one number: a compiled statement is good for the number it was compiled under.</summary>
    public long Meaning
    {
        get
        {
            if (_meaning < 0)
            {
                _meaning = (AnsiNulls ? 1L : 0L) | (ConcatNullYieldsNull ? 2L : 0L) | (AnsiWarnings ? 4L : 0L) | (ArithAbort ? 8L : 0L) | (QuotedIdentifier ? 16L : 0L)
                    | (NumericRoundAbort ? 32L : 0L) | (AnsiPadding ? 64L : 0L) | (NoBrowseTable ? 128L : 0L) | ((long)(uint)DateFirst << 8) | (ArithIgnore ? 1L << 40 : 0L)
                    | ((long)((uint)DateFormat.GetHashCode(StringComparison.Ordinal) & 0x3FFF) << 48);
            }

            return _meaning;
        }
    }

    /// <summary>Sets an option that is part of <see cref="Meaning"/>.</summary>
    private void Change<T>(ref T option, T value)
    {
        option = value;
        _meaning = -1;
    }

    public SessionOptions Clone() => (SessionOptions)MemberwiseClone();

    public void CopyFrom(SessionOptions other)
    {
        NoCount = other.NoCount;
        XactAbort = other.XactAbort;
        AnsiNulls = other.AnsiNulls;
        AnsiPadding = other.AnsiPadding;
        AnsiWarnings = other.AnsiWarnings;
        ArithAbort = other.ArithAbort;
        ConcatNullYieldsNull = other.ConcatNullYieldsNull;
        QuotedIdentifier = other.QuotedIdentifier;
        NumericRoundAbort = other.NumericRoundAbort;
        ImplicitTransactions = other.ImplicitTransactions;
        CursorCloseOnCommit = other.CursorCloseOnCommit;
        AnsiNullDefaultOn = other.AnsiNullDefaultOn;
        AnsiNullDefaultOff = other.AnsiNullDefaultOff;
        ArithIgnore = other.ArithIgnore;
        NoExec = other.NoExec;
        ShowPlan = other.ShowPlan;
        StatisticsTime = other.StatisticsTime;
        StatisticsIo = other.StatisticsIo;
        StatisticsProfile = other.StatisticsProfile;
        StatisticsXml = other.StatisticsXml;
        ParseOnly = other.ParseOnly;
        FmtOnly = other.FmtOnly;
        NoBrowseTable = other.NoBrowseTable;
        LockTimeout = other.LockTimeout;
        DateFirst = other.DateFirst;
        DateFormat = other.DateFormat;
        Language = other.Language;
        RowCountLimit = other.RowCountLimit;
        TextSize = other.TextSize;
        IsolationLevel = other.IsolationLevel;
    }
}
