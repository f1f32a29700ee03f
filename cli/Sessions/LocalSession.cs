using NinaDB.Engine;
using NinaDB.Engine.Session;

namespace NinaDB.Cli.Sessions;

/// <summary>A session of the embedded host in this process.</summary>
internal sealed class LocalSession(EngineSession session) : ISqlSession
{
    public void Execute(string text, IResultSink sink, CancellationToken cancellation) => session.Execute(text, [], sink, cancellation);
}
