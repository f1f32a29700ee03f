using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Storage;

namespace NinaDB.Clr.Capabilities;

/// <summary>
/// Where probes keep their files while they run: <c>NINADB_WORK</c>, else ninadb-probes in the temporary folder. A file that nobody has
/// touched for a week is deleted.
/// </summary>
internal static class ProbeFolder
{
    private const string Extension = ".probe";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    public static string Current()
    {
        string? configured = Environment.GetEnvironmentVariable("NINADB_WORK");
        return string.IsNullOrEmpty(configured) ? Path.Combine(Path.GetTempPath(), "ninadb-probes") : configured!;
    }

    /// <summary>The file of a probe that belongs to <paramref name="owner"/> (a model's id and content), and the key that its header must have.</summary>
    public static string FileOf(string owner, ComponentLayout layout, out byte[] key)
    {
        string name = $"{owner}\n{Granularity.NameOf(layout.Granularity)}\n{layout.FirstLayer}\n{layout.LayerCount}\n{layout.Count}";
        key = ContentHash.OfBytes(Encoding.UTF8.GetBytes(name));
        return Path.Combine(Current(), ContentHash.ToHex(key) + Extension);
    }

    /// <summary>Makes the folder, and clears it of what was left behind.</summary>
    public static void Prepare()
    {
        string folder = Current();
        try
        {
            if (!Directory.Exists(folder))
            {
#if NETFRAMEWORK
                Directory.CreateDirectory(folder);
#else
                if (OperatingSystem.IsWindows())
                {
                    Directory.CreateDirectory(folder);
                }
                else
                {
                    Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                }
#endif
            }

            foreach (string file in Directory.GetFiles(folder, "*" + Extension))
            {
                if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > Lifetime)
                {
                    File.Delete(file);
                }
            }
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            throw new NinaException(ErrorNumber.ProbeStorageFailed, $"The folder '{folder}' for probes cannot be used: {error.Message}", error);
        }
    }
}
