using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace NinaDB.Engine.Clr;

/// <param name="Name">Simple name.</param>
/// <param name="ClrName">Identity as sys.assemblies.clr_name shows it.</param>
/// <param name="Mvid">Module version id: two builds never share one.</param>
/// <param name="Version">Version of its manifest; that of the identity counts for signed assemblies only.</param>
/// <param name="References">Simple names of the assemblies it refers to.</param>
internal sealed record AssemblyIdentity(string Name, string ClrName, Guid Mvid, Version Version, IReadOnlyList<string> References);

/// <summary>Reads what an assembly says of itself from its metadata, running none of its code.</summary>
internal static class AssemblyInspector
{
    /// <summary>The version that an assembly without a strong name has to others.</summary>
    private static readonly Version Unsigned = new(0, 0, 0, 0);

    /// <summary>The identity, or null when the bytes are no managed, IL-only assembly.</summary>
    public static AssemblyIdentity? Read(byte[] content)
    {
        try
        {
            using var image = new PEReader(new MemoryStream(content, writable: false));
            if (!image.HasMetadata || (image.PEHeaders.CorHeader!.Flags & CorFlags.ILOnly) == 0)
            {
                return null;
            }

            MetadataReader metadata = image.GetMetadataReader();
            if (!metadata.IsAssembly)
            {
                return null;
            }

            AssemblyDefinition assembly = metadata.GetAssemblyDefinition();
            AssemblyName name = assembly.GetAssemblyName();
            byte[] token = name.GetPublicKeyToken() ?? [];
            string culture = string.IsNullOrEmpty(name.CultureName) ? "neutral" : name.CultureName;
            string clrName = $"{name.Name!.ToLowerInvariant()}, version={(token.Length == 0 ? Unsigned : name.Version!)}, culture={culture}, publickeytoken={(token.Length == 0 ? "null" : Convert.ToHexStringLower(token))}, processorarchitecture=msil";
            return new AssemblyIdentity(
                name.Name!,
                clrName,
                metadata.GetGuid(metadata.GetModuleDefinition().Mvid),
                name.Version!,
                [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))]);
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }

    /// <summary>First part of a clr_name.</summary>
    public static string SimpleName(string clrName) => clrName.Split(',', 2)[0];

    /// <summary>Whether the runtime itself provides an assembly.</summary>
    public static bool IsFramework(string simpleName)
    {
        // The host itself: what a routine's data access refers to, as it refers to System.Data on SQL Server.
        if (simpleName == typeof(AssemblyInspector).Assembly.GetName().Name)
        {
            return true;
        }

        string? folder = Path.GetDirectoryName(typeof(object).Assembly.Location);
        if (!string.IsNullOrEmpty(folder))
        {
            return File.Exists(Path.Combine(folder, simpleName + ".dll"));
        }

        // Published as one file: ask the runtime.
        try
        {
            Assembly.Load(new AssemblyName(simpleName));
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}
