namespace NinaDB.Engine.Syntax;

/// <summary>Session settings that change how text is read.</summary>
public readonly record struct ParseOptions(bool QuotedIdentifier = true)
{
    /// <summary>What a new session has: SET QUOTED_IDENTIFIER ON.</summary>
    public static ParseOptions Default => new(QuotedIdentifier: true);
}
