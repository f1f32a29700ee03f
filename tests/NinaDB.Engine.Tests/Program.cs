using NinaDB.Engine.Tests.Storage;

namespace NinaDB.Engine.Tests;

internal static class Program
{
    /// <summary>Entry point of the child process of <see cref="CrashTests"/>; the test runner does not use it.</summary>
    private static int Main(string[] arguments)
    {
        if (arguments is ["crash-writer", var folder, var seed])
        {
            CrashWriter.Run(folder, int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture));
            return 0;
        }

        Console.Error.WriteLine("This assembly holds tests: run 'dotnet test'.");
        return 2;
    }
}
