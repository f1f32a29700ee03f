using System.Text.RegularExpressions;
using Spectre.Console;

namespace NinaDB.Cli.Output;

/// <summary>
/// A progress bar for work that takes longer than a second. Shorter work shows nothing; a redirected output gets nothing but the caller's lines.
/// </summary>
internal sealed partial class ProgressDisplay
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly string _title;
    private double _done;
    private double _total;
    private string _detail = string.Empty;

    private ProgressDisplay(string title) => _title = title;

    /// <summary>Says how far the work is.</summary>
    public void Report(double done, double total, string detail)
    {
        lock (_lock)
        {
            (_done, _total, _detail) = (done, total, detail);
        }
    }

    /// <summary>Takes progress from a message such as "Probing chess, domain 1 of 8."; other messages become the detail.</summary>
    public void Report(string message)
    {
        Match match = OneOfMany().Match(message);
        lock (_lock)
        {
            _detail = message;
            if (match.Success)
            {
                (_done, _total) = (double.Parse(match.Groups[1].ValueSpan) - 1, double.Parse(match.Groups[2].ValueSpan));
            }
        }
    }

    /// <summary>Runs work on this thread while a bar is drawn where there is a terminal to draw it on.</summary>
    public static void Run(bool quiet, string title, Action<ProgressDisplay> work)
    {
        var display = new ProgressDisplay(title);
        if (quiet || Console.IsOutputRedirected || Console.IsErrorRedirected)
        {
            work(display);
            return;
        }

        using var finished = new ManualResetEventSlim();
        var drawer = new Thread(() => display.Draw(finished)) { IsBackground = true, Name = "progress" };
        drawer.Start();
        try
        {
            work(display);
        }
        finally
        {
            finished.Set();
            drawer.Join();
        }
    }

    private void Draw(ManualResetEventSlim finished)
    {
        if (finished.Wait(Patience))
        {
            return;
        }

        AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new SpinnerColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(_title));
                do
                {
                    lock (_lock)
                    {
                        task.IsIndeterminate = _total <= 0;
                        task.MaxValue = _total <= 0 ? 1 : _total;
                        task.Value = _done;
                        string detail = _detail.Length > 40 ? _detail[..39] + "…" : _detail;
                        task.Description = Markup.Escape(detail.Length == 0 ? _title : $"{_title}: {detail}");
                    }
                }
                while (!finished.Wait(100));
            });
    }

    [GeneratedRegex(@"(\d+) of (\d+)")]
    private static partial Regex OneOfMany();
}
