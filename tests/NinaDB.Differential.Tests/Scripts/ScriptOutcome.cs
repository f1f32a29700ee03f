namespace NinaDB.Differential.Tests.Scripts;

/// <summary>What became of a batch, from the worst to the best.</summary>
internal enum OutcomeClass
{
    /// <summary>The host failed by itself: always a defect.</summary>
    Internal,

    /// <summary>A cancelled batch went on: always a defect.</summary>
    Hang,

    /// <summary>Still running at the time limit, and then ended by it.</summary>
    Slow,

    /// <summary>A syntax error where ScriptDom reads on: mostly a defect.</summary>
    Disputed,

    /// <summary>A syntax error.</summary>
    Syntax,

    /// <summary>Refused by name (40517).</summary>
    Refused,

    /// <summary>Any other SQL error; many are right.</summary>
    Error,

    /// <summary>Something that is not there, as sample databases are not.</summary>
    Missing,
}

/// <param name="Number">Of the error; 0 where there is none.</param>
/// <param name="Place">File and line.</param>
/// <param name="Text">Message.</param>
/// <param name="Source">The line of the script.</param>
internal sealed record ScriptOutcome(OutcomeClass Class, int Number, string Place, string Text, string Source)
{
    public static OutcomeClass ClassOf(int number) => number switch
    {
        101 or 102 or 103 or 105 or 111 or 112 or 113 or 134 or 137 or 141 or 142 or 145 or 155 or 156 or 160 or 170 or 178 or 191 or 195 or 203 or 317 or 318 or 319 or 321 or 336 or 1018 or 1023 or 1054 or 6101 => OutcomeClass.Syntax,
        40517 => OutcomeClass.Refused,
        208 or 911 or 2812 or 2714 or 3701 or 1088 or 15151 or 15009 or 4902 or 4121 or 2801 or 2715 or 2759 or 6528 => OutcomeClass.Missing,
        _ => OutcomeClass.Error,
    };
}
