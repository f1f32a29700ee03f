using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>How a field of a bulk file is stored, by the names of format files without their SQL prefix.</summary>
internal enum BulkHostType : byte
{
    Char, NChar, Binary, Bit, TinyInt, SmallInt, Int, BigInt, Real, Float, SmallMoney, Money, SmallDateTime, DateTime, Decimal, UniqueIdentifier, Date, Time, DateTime2, DateTimeOffset,
}

/// <summary>A field of a bulk file: behind a length prefix, up to a terminator, or of a fixed length.</summary>
internal sealed record BulkField
{
    public required BulkHostType HostType { get; init; }

    /// <summary>Bytes of the length before the value: 0, 1, 2, 4 or 8.</summary>
    public int Prefix { get; init; }

    /// <summary>Bytes of a fixed value; the most of any other; 0 for no limit.</summary>
    public int Length { get; init; }

    public byte[] Terminator { get; init; } = [];

    /// <summary>Number of the target's column; 0 for a field that is passed over.</summary>
    public int Column { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Code page of the collation that a format file names.</summary>
    public Encoding? Encoding { get; init; }
}

/// <summary>A column of the rowset that a format file describes.</summary>
/// <param name="Field">Index of its field.</param>
internal sealed record BulkRowColumn(string Name, SqlType Type, int Field);

/// <summary>The layout of a bulk file: its fields in their order and, from a format file, the columns of the rowset.</summary>
internal sealed record BulkFormat(BulkField[] Fields, BulkRowColumn[] Columns)
{
    /// <summary>Characters that a format file may have.</summary>
    private const int MaximumLength = 8_000_000;

    private const int MaximumFields = 4096;

    /// <summary>Written in XML, which tells the types of its columns.</summary>
    public bool IsXml { get; init; }

    /// <summary>Reads a format file of either kind. Error 4860 (state 3) and those of its parts.</summary>
    public static BulkFormat Load(string path)
    {
        if (!File.Exists(path))
        {
            throw SqlErrors.CreateWithState(4860, 3, path);
        }

        try
        {
            if (new FileInfo(path).Length > MaximumLength)
            {
                throw SqlErrors.Create(4862, path, "87(The parameter is incorrect.)");
            }

            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SqlErrors.Create(4862, path, $"{e.HResult & 0xFFFF}({e.Message})");
        }
    }

    internal static BulkFormat Parse(string text, string path) =>
        text.AsSpan().TrimStart() is ['<', ..] ? BulkXmlFormat.Parse(text, path) : BulkTextFormat.Parse(text, path);

    /// <summary>Error 4822 for more fields than a row can have.</summary>
    public static void RequireCount(int count, string path)
    {
        if (count is < 1 or > MaximumFields)
        {
            throw SqlErrors.Create(4822, path);
        }
    }

    /// <summary>The bytes of a terminator: UTF-16 for wide characters, unless its zero bytes are written out.</summary>
    public static byte[] Bytes(string terminator, bool isWide)
    {
        bool isSpelled = terminator.Length > 1 && terminator.Length % 2 == 0 && terminator.Where((_, i) => i % 2 == 1).All(c => c == '\0');
        return !isWide || isSpelled
            ? terminator.All(c => c < 256) ? Encoding.Latin1.GetBytes(terminator) : Encoding.UTF8.GetBytes(terminator)
            : Encoding.Unicode.GetBytes(terminator);
    }

    /// <summary>The encoding of a collation's varchar; null for RAW and for none.</summary>
    public static bool TryEncoding(string collation, out Encoding? encoding)
    {
        encoding = null;
        if (collation.Length == 0 || collation.Equals("RAW", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (Collation.Find(collation) is not { } found)
        {
            return false;
        }

        encoding = found.IsUtf8 ? Encoding.UTF8 : CodePagesEncodingProvider.Instance.GetEncoding(found.CodePage is 0 ? 1252 : found.CodePage);
        return true;
    }
}
