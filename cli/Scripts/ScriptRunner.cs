using System.Text;
using System.Text.RegularExpressions;
using NinaDB.Cli.Output;
using NinaDB.Cli.Sessions;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax;

namespace NinaDB.Cli.Scripts;

/// <summary>
/// Runs scripts as sqlcmd does: batches separated by GO (with a count), <c>:setvar</c> and <c>$(name)</c>, <c>:r file</c>, <c>:on error exit|ignore</c>,
/// <c>:quit</c>, <c>:exit</c>.
/// </summary>
internal sealed partial class ScriptRunner(ISqlSession session, ResultPrinter printer)
{
    private const int MaxIncludeDepth = 32;

    private readonly Dictionary<string, string> _variables = new(StringComparer.OrdinalIgnoreCase);
    private bool _exitOnError;

    /// <summary>True after :quit or :exit, or an error under :on error exit.</summary>
    public bool IsFinished { get; private set; }

    public void SetVariable(string name, string value) => _variables[name] = value;

    /// <summary>Runs a whole script.</summary>
    public void Run(string script, CancellationToken cancellation, string? folder = null, int depth = 0)
    {
        if (depth > MaxIncludeDepth)
        {
            throw new CliException(ExitCode.Usage, $":r files include each other more than {MaxIncludeDepth} deep.");
        }

        // sqlcmd's own commands are lines; what stands between them is T-SQL with GO.
        var pending = new StringBuilder();
        int firstLine = 0;
        int line = 0;
        foreach (string text in script.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n'))
        {
            if (text.StartsWith(':') && CommandLine().Match(text) is { Success: true } command)
            {
                RunBatches(pending.ToString(), firstLine, cancellation);
                pending.Clear();
                Command(command.Groups[1].Value, command.Groups[2].Value.Trim(), cancellation, folder, depth);
                firstLine = line + 1;
            }
            else
            {
                pending.Append(text).Append('\n');
            }

            line++;
            if (IsFinished)
            {
                return;
            }
        }

        RunBatches(pending.ToString(), firstLine, cancellation);
    }

    /// <summary>Runs T-SQL that may contain GO lines.</summary>
    private void RunBatches(string script, int firstLine, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(script))
        {
            return;
        }

        IReadOnlyList<ScriptBatch> batches;
        try
        {
            batches = BatchSplitter.Split(Substitute(script));
        }
        catch (SqlErrorException error)
        {
            printer.LineOffset = firstLine;
            printer.Error(error.Error);
            return;
        }

        foreach (ScriptBatch batch in batches)
        {
            printer.LineOffset = firstLine + batch.StartLine - 1;
            for (int i = 0; i < batch.Count; i++)
            {
                session.Execute(batch.Text, printer, cancellation);
                cancellation.ThrowIfCancellationRequested();
                if (printer.HasErrors && _exitOnError)
                {
                    IsFinished = true;
                    return;
                }
            }
        }
    }

    private void Command(string name, string argument, CancellationToken cancellation, string? folder, int depth)
    {
        switch (name.ToLowerInvariant())
        {
            case "setvar":
                int space = argument.IndexOfAny([' ', '\t']);
                if (space < 0)
                {
                    _variables.Remove(argument);
                }
                else
                {
                    _variables[argument[..space]] = argument[(space + 1)..].Trim().Trim('"');
                }

                break;
            case "r":
                string path = Path.GetFullPath(Path.Combine(folder ?? Environment.CurrentDirectory, Substitute(argument).Trim('"')));
                Run(ScriptFile.Read(path), cancellation, Path.GetDirectoryName(path), depth + 1);
                break;
            case "on":
                _exitOnError = argument.EndsWith("exit", StringComparison.OrdinalIgnoreCase);
                break;
            case "quit" or "exit":
                IsFinished = true;
                break;
            default:
                throw new CliException(ExitCode.Usage, $"':{name}' is not a command of `nina sql`. Commands: :setvar, :r, :on error, :quit, :exit.");
        }
    }

    private string Substitute(string text) => text.Contains("$(", StringComparison.Ordinal)
        ? VariableReference().Replace(text, match => _variables.TryGetValue(match.Groups[1].Value, out string? value)
            ? value
            : Environment.GetEnvironmentVariable(match.Groups[1].Value)
                ?? throw new CliException(ExitCode.Usage, $"'{match.Groups[1].Value}' scripting variable not defined. Set it with :setvar or -v."))
        : text;

    [GeneratedRegex(@"^:([A-Za-z]+)\b(.*)$")]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")]
    private static partial Regex VariableReference();
}
