using System.Security.Cryptography;
using NinaDB.Engine.Tests.Session;

namespace NinaDB.Engine.Tests.Clr;

/// <summary>A database with the test assembly in it as t.</summary>
public abstract class ClrTestBase : IDisposable
{
    protected static readonly string AssemblyPath = Path.Combine(AppContext.BaseDirectory, "NinaDB.Engine.TestAssembly.dll");

    private readonly SqlTestHarness _sql = new();

    protected ClrTestBase()
    {
        string hash = Convert.ToHexString(SHA512.HashData(File.ReadAllBytes(AssemblyPath)));
        Assert.Equal("", Run($"EXEC sys.sp_add_trusted_assembly 0x{hash}, N'tests'; CREATE ASSEMBLY t FROM '{AssemblyPath}';"));
        Run("EXEC sp_configure 'clr enabled', 1; RECONFIGURE;");
    }

    /// <summary>Trusts an assembly that lies beside the tests and returns its path.</summary>
    protected string Trust(string file)
    {
        string path = Path.Combine(AppContext.BaseDirectory, file);
        Assert.Equal("", Run($"EXEC sys.sp_add_trusted_assembly 0x{Convert.ToHexString(SHA512.HashData(File.ReadAllBytes(path)))}, N'tests'"));
        return path;
    }

    public void Dispose()
    {
        _sql.Dispose();
        GC.SuppressFinalize(this);
    }

    protected string Run(string sql) => _sql.Run(sql);
}
