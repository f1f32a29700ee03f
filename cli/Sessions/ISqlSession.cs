using NinaDB.Engine;

namespace NinaDB.Cli.Sessions;

/// <summary>Where statements run: a database folder in this process, or a server.</summary>
internal interface ISqlSession
{
    /// <summary>Runs a batch; rows, messages and errors go to the sink in their order. Errors of T-SQL do not throw.</summary>
    void Execute(string text, IResultSink sink, CancellationToken cancellation);
}
