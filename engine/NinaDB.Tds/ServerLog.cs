using System.Globalization;
using System.Text;

namespace NinaDB.Tds;

/// <summary>How much a line of the log matters.</summary>
public enum ServerLogLevel : byte
{
    Debug,
    Information,
    Warning,
    Error,
    None,
}

/// <summary>The server's log: a line an event, "time level event name=value ...", so that people and tools can read it.</summary>
public sealed class ServerLog(TextWriter? writer, ServerLogLevel minimum = ServerLogLevel.Information)
{
    private readonly Lock _gate = new();

    /// <summary>A log that keeps nothing.</summary>
    public static ServerLog Silent { get; } = new(null, ServerLogLevel.None);

    public bool IsEnabled(ServerLogLevel level) => writer is not null && level >= minimum;

    public void Write(ServerLogLevel level, string @event, params ReadOnlySpan<(string Name, object? Value)> properties)
    {
        if (!IsEnabled(level))
        {
            return;
        }

        var line = new StringBuilder(128);
        line.Append(DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)).Append(' ')
            .Append(level switch { ServerLogLevel.Debug => "debug", ServerLogLevel.Information => "info", ServerLogLevel.Warning => "warn", _ => "error" })
            .Append(' ').Append(@event);
        foreach ((string name, object? value) in properties)
        {
            line.Append(' ').Append(name).Append('=');
            AppendValue(line, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        }

        lock (_gate)
        {
            writer!.WriteLine(line);
            writer.Flush();
        }
    }

    /// <summary>Values with blanks or quotes are quoted; control characters never reach the log as they are.</summary>
    private static void AppendValue(StringBuilder line, string value)
    {
        bool isPlain = value.Length > 0 && value.All(c => c > ' ' && c != '"' && c != '=' && !char.IsControl(c));
        if (isPlain)
        {
            line.Append(value);
            return;
        }

        line.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => line.Append("\\\""),
                '\\' => line.Append("\\\\"),
                '\n' => line.Append("\\n"),
                _ when char.IsControl(c) => line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => line.Append(c),
            };
        }

        line.Append('"');
    }
}
