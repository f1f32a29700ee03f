namespace NinaDB.Engine.Syntax;

internal enum TokenKind : byte
{
    EndOfFile, Error, Keyword, Identifier, QuotedIdentifier, Variable, GlobalVariable, PseudoColumn,
    Integer, Decimal, Float, Money, Binary, String, NationalString,
    LeftParen, RightParen, LeftBrace, RightBrace, Comma, Semicolon, Dot, Colon, DoubleColon,
    Plus, Minus, Star, Slash, Percent, Ampersand, Pipe, Caret, Tilde, DoublePipe, ShiftLeft, ShiftRight,
    Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, NotLess, NotGreater, Exclamation,
    PlusEqual, MinusEqual, StarEqual, SlashEqual, PercentEqual, AmpersandEqual, PipeEqual, CaretEqual, DoublePipeEqual,
}

/// <summary>One token: what it is and where it stands in the batch. Values are cut from the text on demand.</summary>
internal readonly record struct Token(TokenKind Kind, Keyword Keyword, int Start, int End, int Line)
{
    public int Length => End - Start;
}
