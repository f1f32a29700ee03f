using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Session;

/// <summary>A statement that sp_prepare keeps under a handle. Its plan is cached by its text.</summary>
/// <param name="Declarations">Its parameters as declared; "" for none.</param>
/// <param name="IsCall">The text is the name of a procedure (sp_prepexecrpc).</param>
internal sealed record PreparedStatement(string Text, string Declarations, bool IsCall = false);

public sealed partial class EngineSession
{
    private const int MaximumPrepared = 100_000;

    private readonly Dictionary<int, PreparedStatement> _prepared = [];
    private int _lastPrepared;

    /// <summary>Keeps a statement and returns its handle. Error 701 where there are too many.</summary>
    internal int Prepare(PreparedStatement statement)
    {
        if (_prepared.Count >= MaximumPrepared)
        {
            throw SqlErrors.Create(701);
        }

        _prepared[++_lastPrepared] = statement;
        return _lastPrepared;
    }

    internal PreparedStatement? FindPrepared(int handle) => _prepared.GetValueOrDefault(handle);

    internal bool Unprepare(int handle) => _prepared.Remove(handle);
}
