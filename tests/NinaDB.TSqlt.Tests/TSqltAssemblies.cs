using System.Diagnostics;
using System.Security.Cryptography;

namespace NinaDB.TSqlt.Tests;

/// <summary>tSQLt's two assemblies, compiled from the clone against ClrShim, which gives them the host's context connection and pipe for SQL Server's.</summary>
internal sealed class TSqltAssemblies : IDisposable
{
    private const int KeySize = 2048;

    private static readonly TimeSpan BuildTime = TimeSpan.FromMinutes(3);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"ninadb-tsqlt-{Guid.NewGuid():N}");

    public TSqltAssemblies(TSqltClone clone)
    {
        Directory.CreateDirectory(_folder);
        using (var key = new RSACryptoServiceProvider(KeySize))
        {
            File.WriteAllBytes(KeyFile, key.ExportCspBlob(includePrivateParameters: true));
        }

        Framework = Build("tSQLtCLR", clone.PathOf("tSQLtCLR/tSQLtCLR"));
        Utilities = Build("tSQLtTestUtilCLR", clone.PathOf("tSQLtCLR/tSQLtTestUtilCLR"));
    }

    /// <summary>A key of the moment: tSQLt's own is not public, and its tests want some.</summary>
    private string KeyFile => Path.Combine(_folder, "key.snk");

    /// <summary>Path of tSQLtCLR.dll.</summary>
    public string Framework { get; }

    /// <summary>Path of tSQLtTestUtilCLR.dll.</summary>
    public string Utilities { get; }

    private string Build(string name, string sources)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        string project = Path.Combine(folder, name + ".csproj");
        File.WriteAllText(project, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <AssemblyVersion>{TSqltClone.Version}</AssemblyVersion>
                <SignAssembly>true</SignAssembly>
                <AssemblyOriginatorKeyFile>{KeyFile}</AssemblyOriginatorKeyFile>
                <EnableDefaultCompileItems>false</EnableDefaultCompileItems>
                <NoWarn>$(NoWarn);CS8002;SYSLIB0050;SYSLIB0051;CS8632;CS8625;CS8600;CS8602;CS8603;CS8604;CS8618</NoWarn>
                <LangVersion>latest</LangVersion>
                <Nullable>disable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <Compile Include="{sources}/*.cs" />
                <Compile Include="{Path.Combine(AppContext.BaseDirectory, "ClrShim")}/*.cs" />
                <Reference Include="{Path.Combine(AppContext.BaseDirectory, "NinaDB.Engine.dll")}" />
              </ItemGroup>
            </Project>
            """);
        using Process build = Process.Start(new ProcessStartInfo("dotnet", ["build", project, "-v", "q", "-nologo", "-c", "Release", "-o", Path.Combine(folder, "out")])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        Task<string> output = build.StandardOutput.ReadToEndAsync();
        if (!build.WaitForExit(BuildTime))
        {
            build.Kill(entireProcessTree: true);
            throw new TimeoutException($"{name} was not compiled within {BuildTime}.");
        }

        return build.ExitCode == 0 ? Path.Combine(folder, "out", name + ".dll") : throw new InvalidOperationException($"{name} does not compile:\n{output.Result}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
