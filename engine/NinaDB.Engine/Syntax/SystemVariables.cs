namespace NinaDB.Engine.Syntax;

/// <summary>The functions whose names begin with @@. Any other such name is a variable's, which may begin so.</summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/t-sql/functions/configuration-functions-transact-sql and the pages of the other system functions</remarks>
internal static class SystemVariables
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "@@CONNECTIONS", "@@CPU_BUSY", "@@CURSOR_ROWS", "@@DATEFIRST", "@@DBTS", "@@DEFAULT_LANGID", "@@DEF_SORTORDER_ID", "@@ERROR", "@@FETCH_STATUS", "@@IDENTITY",
        "@@IDLE", "@@IO_BUSY", "@@LANGID", "@@LANGUAGE", "@@LOCK_TIMEOUT", "@@MAX_CONNECTIONS", "@@MAX_PRECISION", "@@MICROSOFTVERSION", "@@NESTLEVEL", "@@OPTIONS",
        "@@PACKET_ERRORS", "@@PACK_RECEIVED", "@@PACK_SENT", "@@PROCID", "@@REMSERVER", "@@ROWCOUNT", "@@SERVERNAME", "@@SERVICENAME", "@@SPID", "@@TEXTSIZE",
        "@@TIMETICKS", "@@TOTAL_ERRORS", "@@TOTAL_READ", "@@TOTAL_WRITE", "@@TRANCOUNT", "@@VERSION",
    };

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup = Names.GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool Contains(ReadOnlySpan<char> name) => Lookup.Contains(name);
}
