using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>The WITH options of BULK INSERT. Those that only hint at speed are accepted and mean nothing here.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/statements/bulk-insert-transact-sql</remarks>
internal sealed class BulkOptions
{
    private const int DefaultMaximumErrors = 10;

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    private bool _isTooLateFirst;
    private bool _isNativeCsv;
    private bool _isQuoteInvalid;

    public bool IsCsv { get; private init; }

    public string FieldTerminator { get; private init; } = "\t";

    public string RowTerminator { get; private init; } = "\n";

    /// <summary>A line feed ends a row, a carriage return before it belongs to the end.</summary>
    public bool TakesCarriageReturn { get; private init; } = true;

    public char Quote { get; private init; } = '"';

    public long FirstRow { get; private init; } = 1;

    public long LastRow { get; private init; } = long.MaxValue;

    public int MaximumErrors { get; private init; } = DefaultMaximumErrors;

    public long BatchSize { get; private init; } = long.MaxValue;

    public bool KeepsNulls { get; private init; }

    public bool KeepsIdentity { get; private init; }

    public bool FiresTriggers { get; private init; }

    /// <summary>CHECK and FOREIGN KEY constraints hold for the rows; otherwise they are not looked at, and not trusted from then on.</summary>
    public bool ChecksConstraints { get; private init; }

    public string? ErrorFile { get; private init; }

    public string? FormatFile { get; private init; }

    public string? DataSource { get; private init; }

    /// <summary>Columns of the ORDER hint.</summary>
    public string[] Order { get; private init; } = [];

    /// <summary>DATAFILETYPE native or widenative: values as bcp stores them.</summary>
    public bool IsNative { get; private init; }

    /// <summary>DATAFILETYPE widechar or widenative.</summary>
    public bool IsWide { get; private init; }

    /// <summary>CODEPAGE 65001 was asked for: it goes before the collations of a format file.</summary>
    public bool PrefersEncoding { get; private init; }

    /// <summary>Encoding of a file without a byte-order mark.</summary>
    public Encoding Encoding { get; private init; } = Encoding.UTF8;

    public static BulkOptions Parse(IReadOnlyDictionary<string, string> options)
    {
        string Get(string name, string fallback) => options.TryGetValue(name, out string? value) ? value : fallback;
        bool isCsv = Get("FORMAT", "").Equals("CSV", StringComparison.OrdinalIgnoreCase);
        if (options.TryGetValue("FORMAT", out string? format) && !isCsv)
        {
            throw SqlErrors.NotSupported($"BULK INSERT ... WITH (FORMAT = '{format}')");
        }

        foreach (string name in options.Keys)
        {
            if (!Known.Contains(name))
            {
                throw SqlErrors.Create(102, name);
            }
        }

        string fileType = Get("DATAFILETYPE", "char").ToUpperInvariant();
        if (fileType is not ("CHAR" or "NATIVE" or "WIDECHAR" or "WIDENATIVE"))
        {
            throw SqlErrors.Create(102, fileType);
        }

        bool isNative = fileType is "NATIVE" or "WIDENATIVE";
        string quote = Get("FIELDQUOTE", "\"");
        string rowTerminator = Get("ROWTERMINATOR", "\\n");
        var result = new BulkOptions
        {
            IsCsv = isCsv,
            FieldTerminator = Unescape(Get("FIELDTERMINATOR", isCsv ? "," : "\t")),
            RowTerminator = rowTerminator.Equals("\\r\\n", StringComparison.Ordinal) ? "\n" : Unescape(rowTerminator),
            TakesCarriageReturn = rowTerminator is "\\r\\n" or "\n" || rowTerminator.EndsWith("\\n", StringComparison.Ordinal),
            Quote = quote.Length == 1 ? quote[0] : '"',
            _isQuoteInvalid = quote.Length != 1,
            _isNativeCsv = isCsv && isNative,
            FirstRow = Number(options, "FIRSTROW", 1),
            LastRow = Number(options, "LASTROW", 0) is > 0 and var last ? last : long.MaxValue,
            MaximumErrors = (int)Number(options, "MAXERRORS", DefaultMaximumErrors),
            BatchSize = Number(options, "BATCHSIZE", 0) is > 0 and var size ? size : long.MaxValue,
            KeepsNulls = options.ContainsKey("KEEPNULLS"),
            KeepsIdentity = options.ContainsKey("KEEPIDENTITY"),
            FiresTriggers = options.ContainsKey("FIRE_TRIGGERS"),
            ErrorFile = options.GetValueOrDefault("ERRORFILE"),
            FormatFile = options.GetValueOrDefault("FORMATFILE"),
            DataSource = options.GetValueOrDefault("DATA_SOURCE"),
            ChecksConstraints = options.ContainsKey("CHECK_CONSTRAINTS"),
            Order = Get("ORDER", "").Split('\n', StringSplitOptions.RemoveEmptyEntries),
            IsNative = isNative,
            IsWide = fileType.StartsWith("WIDE", StringComparison.Ordinal),
            PrefersEncoding = Get("CODEPAGE", "") == "65001",
            Encoding = CodePage(Get("CODEPAGE", "65001")),
        };
        result._isTooLateFirst = result.FirstRow > result.LastRow;
        return result;
    }

    /// <summary>What is wrong with the options themselves, which is said only when the files could be opened: errors 4880, 5339, 4878.</summary>
    public void Validate()
    {
        if (_isTooLateFirst)
        {
            throw SqlErrors.Create(4880);
        }

        if (_isNativeCsv)
        {
            throw SqlErrors.Create(5339);
        }

        if (_isQuoteInvalid)
        {
            throw SqlErrors.Create(4878);
        }
    }

    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "FORMAT", "FIELDQUOTE", "FIELDTERMINATOR", "ROWTERMINATOR", "FIRSTROW", "LASTROW", "MAXERRORS", "BATCHSIZE", "KEEPNULLS", "KEEPIDENTITY", "FIRE_TRIGGERS", "CHECK_CONSTRAINTS",
        "ERRORFILE", "CODEPAGE", "DATAFILETYPE", "FORMATFILE", "FORMATFILE_DATA_SOURCE", "DATA_SOURCE", "ERRORFILE_DATA_SOURCE", "TABLOCK", "ORDER", "ROWS_PER_BATCH",
        "KILOBYTES_PER_BATCH",
    };

    private static long Number(IReadOnlyDictionary<string, string> options, string name, long fallback) =>
        !options.TryGetValue(name, out string? text) ? fallback : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : throw SqlErrors.Create(102, text);

    private static Encoding CodePage(string name) => name.ToUpperInvariant() switch
    {
        "65001" => Encoding.UTF8,
        "1200" => Encoding.Unicode,
        "ACP" or "1252" or "RAW" or "OEM" => CodePagesEncodingProvider.Instance.GetEncoding(1252)!,
        var number when int.TryParse(number, out int page) && CodePagesEncodingProvider.Instance.GetEncoding(page) is { } encoding => encoding,
        _ => throw SqlErrors.NotSupported($"CODEPAGE = '{name}'"),
    };

    /// <summary>\t, \n, \r, \0 and \\, or bytes written as 0x...</summary>
    public static string Unescape(string text)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && text.Length > 2 && text.AsSpan(2).IndexOfAnyExcept(HexDigits) < 0)
        {
            return Encoding.Latin1.GetString(Convert.FromHexString(text.Length % 2 == 0 ? text[2..] : "0" + text[2..]));
        }

        var result = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            i++;
            result.Append(Escaped(text[i]));
        }

        return result.ToString();
    }

    /// <summary>The character that one behind a backslash stands for.</summary>
    public static char Escaped(char c) => c switch
    {
        't' => '\t',
        'n' => '\n',
        'r' => '\r',
        '0' => '\0',
        _ => c,
    };
}
