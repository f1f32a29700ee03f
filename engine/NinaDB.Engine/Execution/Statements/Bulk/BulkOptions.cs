using System.Globalization;
using System.Text;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>The WITH options of BULK INSERT. Those that only hint at speed are accepted and mean nothing here; format files and native data are refused by name.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/statements/bulk-insert-transact-sql</remarks>
internal sealed class BulkOptions
{
    private const int DefaultMaximumErrors = 10;

    private static readonly HashSet<string> Hints = new(StringComparer.OrdinalIgnoreCase) { "TABLOCK", "ORDER", "ROWS_PER_BATCH", "KILOBYTES_PER_BATCH" };

    private static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "FORMATFILE", "FORMATFILE_DATA_SOURCE", "DATA_SOURCE", "ERRORFILE_DATA_SOURCE",
    };

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

    public string? ErrorFile { get; private init; }

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
            if (Refused.Contains(name))
            {
                throw SqlErrors.NotSupported($"BULK INSERT ... WITH ({name})");
            }

            if (!Known.Contains(name) && !Hints.Contains(name) && !options.ContainsKey("ORDER"))
            {
                throw SqlErrors.Create(102, name);
            }
        }

        string fileType = Get("DATAFILETYPE", "char");
        if (!fileType.Equals("char", StringComparison.OrdinalIgnoreCase) && !fileType.Equals("widechar", StringComparison.OrdinalIgnoreCase))
        {
            throw isCsv ? SqlErrors.Create(5339) : SqlErrors.NotSupported($"BULK INSERT ... WITH (DATAFILETYPE = '{fileType}')");
        }

        string quote = Get("FIELDQUOTE", "\"");
        if (quote.Length != 1)
        {
            throw SqlErrors.Create(4878);
        }

        string rowTerminator = Get("ROWTERMINATOR", "\\n");
        var result = new BulkOptions
        {
            IsCsv = isCsv,
            FieldTerminator = Unescape(Get("FIELDTERMINATOR", isCsv ? "," : "\t")),
            RowTerminator = rowTerminator.Equals("\\r\\n", StringComparison.Ordinal) ? "\n" : Unescape(rowTerminator),
            TakesCarriageReturn = rowTerminator is "\\n" or "\\r\\n" or "\n",
            Quote = quote[0],
            FirstRow = Number(options, "FIRSTROW", 1),
            LastRow = Number(options, "LASTROW", 0) is > 0 and var last ? last : long.MaxValue,
            MaximumErrors = (int)Number(options, "MAXERRORS", DefaultMaximumErrors),
            BatchSize = Number(options, "BATCHSIZE", 0) is > 0 and var size ? size : long.MaxValue,
            KeepsNulls = options.ContainsKey("KEEPNULLS"),
            KeepsIdentity = options.ContainsKey("KEEPIDENTITY"),
            FiresTriggers = options.ContainsKey("FIRE_TRIGGERS"),
            ErrorFile = options.GetValueOrDefault("ERRORFILE"),
            Encoding = fileType.Equals("widechar", StringComparison.OrdinalIgnoreCase) ? Encoding.Unicode : CodePage(Get("CODEPAGE", "65001")),
        };
        return result.FirstRow > result.LastRow ? throw SqlErrors.Create(4880) : result;
    }

    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "FORMAT", "FIELDQUOTE", "FIELDTERMINATOR", "ROWTERMINATOR", "FIRSTROW", "LASTROW", "MAXERRORS", "BATCHSIZE", "KEEPNULLS", "KEEPIDENTITY", "FIRE_TRIGGERS", "CHECK_CONSTRAINTS",
        "ERRORFILE", "CODEPAGE", "DATAFILETYPE",
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
    private static string Unescape(string text)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && text.Length > 2)
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
            result.Append(text[i] switch
            {
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                '0' => '\0',
                _ => text[i],
            });
        }

        return result.ToString();
    }
}
