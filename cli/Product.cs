namespace NinaDB.Cli;

/// <summary>What ships beside the program: T-SQL, the CLR assembly, samples.</summary>
internal static class Product
{
    public static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "product");

    public static string ClrAssembly => PathOf("clr/NinaDB.Clr.dll");

    public static string SampleModel => PathOf("samples/models/nina-mini");

    public static string SampleProbes => PathOf("samples/probes");

    /// <summary>Full path of a product file or folder; it must be there.</summary>
    public static string PathOf(string relative)
    {
        string path = Path.Combine(Root, relative.Replace('/', Path.DirectorySeparatorChar));
        return File.Exists(path) || Directory.Exists(path)
            ? path
            : throw new CliException(ExitCode.File, $"The installation is incomplete: '{path}' is missing. Build the project again.");
    }
}
