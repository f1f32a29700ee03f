namespace NinaDB.Engine.Session;

/// <summary>
/// The session whose request runs on this thread. Conversions are plain functions of values and types; the few that call into an assembly (CLR types) find the catalog
/// that knows it here.
/// </summary>
internal static class ThreadSession
{
    [ThreadStatic]
    private static EngineSession? s_session;

    /// <exception cref="InvalidOperationException">No request runs on this thread.</exception>
    public static EngineSession Current => s_session ?? throw new InvalidOperationException("A value of a CLR type is converted outside of a request.");

    /// <summary>Until the result is disposed of, the session is this thread's.</summary>
    public static Scope Enter(EngineSession session)
    {
        var scope = new Scope(s_session);
        s_session = session;
        return scope;
    }

    internal readonly struct Scope(EngineSession? outer) : IDisposable
    {
        public void Dispose() => s_session = outer;
    }
}
