using System.Text;
using NinaDB.Cli.Output;

namespace NinaDB.Cli.Scripts;

/// <summary>The prompt of `nina sql`: lines are collected until GO.</summary>
internal sealed class InteractiveShell(ScriptRunner runner, ResultPrinter printer, LineEditor editor)
{
    public void Run(Action<CancellationTokenSource?> onStatement)
    {
        Console.WriteLine("Type T-SQL, then GO on a line of its own to run it. :quit leaves, Ctrl-C cancels a running statement.");
        var pending = new StringBuilder();
        int number = 1;
        while (!runner.IsFinished)
        {
            string? line = editor.Read($"{number}> ");
            if (line is null)
            {
                Console.WriteLine();
                return;
            }

            string trimmed = line.Trim();
            bool isCommand = pending.Length == 0 && (trimmed.StartsWith(':') || trimmed is "quit" or "exit" or "QUIT" or "EXIT");
            if (trimmed is "quit" or "exit" or "QUIT" or "EXIT" && isCommand)
            {
                return;
            }

            pending.AppendLine(line);
            number++;
            if (isCommand || IsGo(trimmed))
            {
                RunPending(pending.ToString(), onStatement);
                pending.Clear();
                number = 1;
            }
        }
    }

    private static bool IsGo(string line) =>
        line.Equals("GO", StringComparison.OrdinalIgnoreCase)
        || (line.StartsWith("GO ", StringComparison.OrdinalIgnoreCase) && int.TryParse(line[3..].Trim(), out _));

    private void RunPending(string text, Action<CancellationTokenSource?> onStatement)
    {
        using var cancellation = new CancellationTokenSource();
        onStatement(cancellation);
        try
        {
            printer.LineOffset = 0;
            runner.Run(text, cancellation.Token);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Query was canceled.");
        }
        catch (CliException error)
        {
            Console.Error.WriteLine(error.Message);
        }
        finally
        {
            onStatement(null);
        }
    }
}
