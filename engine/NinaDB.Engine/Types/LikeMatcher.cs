using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types;

/// <summary>A compiled LIKE pattern: % _ [a-z] [^...] and ESCAPE, under a collation. Linear-time matching; shareable.</summary>
internal sealed class LikeMatcher
{
    /// <summary>Compiles a pattern. Throws 506 when <paramref name="escape"/> is not one character.</summary>
    /// <param name="isUnicode">LIKE of nvarchar: blanks at the end of the value count; for varchar they may be missing or extra.</param>
    public static LikeMatcher Create(string pattern, string? escape, Collation collation, bool isUnicode) => throw SqlErrors.NotSupported("LIKE");

    /// <summary>Literal text that every match begins with (for index seeks); empty when the pattern starts with a wildcard.</summary>
    public string Prefix => "";

    /// <summary>True when the pattern is <see cref="Prefix"/> followed by a single % or nothing, so that a range seek needs no residual test.</summary>
    public bool IsPrefixOnly => false;

    public bool IsMatch(string value) => throw SqlErrors.NotSupported("LIKE");
}
