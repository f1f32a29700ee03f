using System.Text;

namespace NinaDB.Cli.Scripts;

/// <summary>
/// Reads one line with editing and history (arrows, Home, End, Delete, Ctrl-A/E/U/K/W). History is kept in the user's profile between runs.
/// Falls back to plain reading where the console is redirected.
/// </summary>
internal sealed class LineEditor
{
    private const int MaxHistory = 1000;

    private readonly List<string> _history = [];
    private readonly string _historyFile = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nina", "history");

    public LineEditor()
    {
        if (!Console.IsInputRedirected && File.Exists(_historyFile))
        {
            _history.AddRange(File.ReadLines(_historyFile).TakeLast(MaxHistory));
        }
    }

    /// <summary>The line without its end; null at the end of input.</summary>
    public string? Read(string prompt)
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            return Console.ReadLine();
        }

        string? line = Edit(prompt);
        if (!string.IsNullOrWhiteSpace(line) && (_history.Count == 0 || _history[^1] != line))
        {
            _history.Add(line);
            Remember(line);
        }

        return line;
    }

    private string? Edit(string prompt)
    {
        var text = new StringBuilder();
        int cursor = 0;
        int position = _history.Count;
        string draft = string.Empty;
        Console.Write(prompt);
        while (true)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    Console.WriteLine();
                    return text.ToString();
                case ConsoleKey.D when control && text.Length == 0:
                    return null;
                case ConsoleKey.LeftArrow:
                    cursor = Math.Max(0, cursor - 1);
                    break;
                case ConsoleKey.RightArrow:
                    cursor = Math.Min(text.Length, cursor + 1);
                    break;
                case ConsoleKey.Home:
                case ConsoleKey.A when control:
                    cursor = 0;
                    break;
                case ConsoleKey.End:
                case ConsoleKey.E when control:
                    cursor = text.Length;
                    break;
                case ConsoleKey.Backspace when cursor > 0:
                    text.Remove(--cursor, 1);
                    break;
                case ConsoleKey.Delete when cursor < text.Length:
                    text.Remove(cursor, 1);
                    break;
                case ConsoleKey.U when control:
                    text.Remove(0, cursor);
                    cursor = 0;
                    break;
                case ConsoleKey.K when control:
                    text.Length = cursor;
                    break;
                case ConsoleKey.W when control:
                    int start = WordStart(text, cursor);
                    text.Remove(start, cursor - start);
                    cursor = start;
                    break;
                case ConsoleKey.UpArrow when position > 0:
                    draft = position == _history.Count ? text.ToString() : draft;
                    text.Clear().Append(_history[--position]);
                    cursor = text.Length;
                    break;
                case ConsoleKey.DownArrow when position < _history.Count:
                    position++;
                    text.Clear().Append(position == _history.Count ? draft : _history[position]);
                    cursor = text.Length;
                    break;
                default:
                    if (key.KeyChar == '\t')
                    {
                        text.Insert(cursor, "    ");
                        cursor += 4;
                    }
                    else if (!char.IsControl(key.KeyChar))
                    {
                        text.Insert(cursor++, key.KeyChar);
                    }

                    break;
            }

            Draw(prompt, text, cursor);
        }
    }

    /// <summary>Repaints the line; what does not fit scrolls sideways so that the cursor stays visible.</summary>
    private static void Draw(string prompt, StringBuilder text, int cursor)
    {
        int width = Math.Max(20, Console.WindowWidth - prompt.Length - 1);
        int start = cursor < width ? 0 : cursor - width + 1;
        string visible = text.ToString(start, Math.Min(width, text.Length - start));
        Console.Write($"\r\u001b[K{prompt}{visible}\r\u001b[{prompt.Length + cursor - start}C");
    }

    private static int WordStart(StringBuilder text, int cursor)
    {
        int start = cursor;
        while (start > 0 && text[start - 1] == ' ')
        {
            start--;
        }

        while (start > 0 && text[start - 1] != ' ')
        {
            start--;
        }

        return start;
    }

    private void Remember(string line)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_historyFile)!);
            File.AppendAllLines(_historyFile, [line]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A history that cannot be kept is no reason to stop: the session's own history still works.
            _ = error;
        }
    }
}
