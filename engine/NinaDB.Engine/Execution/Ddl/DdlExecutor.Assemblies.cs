using System.Security.Cryptography;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Clr;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>CREATE, ALTER and DROP ASSEMBLY.</summary>
internal sealed partial class DdlExecutor
{
    private const int FirstAssemblyId = 65536;
    private const byte Safe = 1, ExternalAccess = 2, Unsafe = 3;

    private void CreateOrAlterAssembly(AssemblyStatement statement)
    {
        string verb = statement.IsAlter ? "ALTER" : "CREATE";
        TableBuilder.CheckName(statement.Name);
        Catalog.Assemblies.TryGetValue(statement.Name, out AssemblyDefinition? existing);
        if (statement.IsAlter && existing is null)
        {
            throw SqlErrors.Create(6528, statement.Name, Catalog.DatabaseName);
        }

        if (!statement.IsAlter && existing is not null)
        {
            throw SqlErrors.Create(6246, statement.Name, Catalog.DatabaseName);
        }

        byte permission = statement.PermissionSet switch
        {
            "UNSAFE" => Unsafe,
            "EXTERNAL_ACCESS" => ExternalAccess,
            "SAFE" => Safe,
            _ => existing?.PermissionSet ?? Safe,
        };
        if (statement.From.Count == 0)
        {
            _editor.Put(WithFiles(existing! with { PermissionSet = permission }, statement));
            return;
        }

        (byte[] content, string? folder) = ReadAssembly(statement.From[0], verb);
        AssemblyIdentity identity = AssemblyInspector.Read(content) ?? throw SqlErrors.Create(6544, verb, statement.Name);
        if (existing is not null && !identity.Name.Equals(AssemblyInspector.SimpleName(existing.ClrName), StringComparison.OrdinalIgnoreCase))
        {
            throw SqlErrors.Create(6579, existing.ClrName, identity.ClrName);
        }

        foreach (AssemblyDefinition other in Catalog.Assemblies.Values)
        {
            if (AssemblyInspector.Read(other.Content)?.Mvid == identity.Mvid)
            {
                throw SqlErrors.Create(6285, verb, other.Name);
            }
        }

        if (existing is not null)
        {
            RequireUncheckedData(existing, statement);
        }

        RequireTrust(statement.Name, content, permission, verb);
        foreach (Expression other in statement.From.Skip(1))
        {
            RegisterDependency(other, permission, verb);
        }

        LoadReferences(statement.Name, identity, folder, permission, verb);
        var assembly = new AssemblyDefinition(
            existing?.AssemblyId ?? NextAssemblyId(), existing?.Name ?? statement.Name, identity.ClrName, permission, content, existing?.CreateDate ?? _editor.Now)
        {
            Files = existing?.Files ?? [],
        };
        assembly = WithFiles(assembly, statement);
        _editor.Put(assembly);
        foreach (ModuleDefinition module in Catalog.ObjectsById.Values.OfType<ModuleDefinition>()
            .Where(m => m.External is { } external && external.Assembly.Equals(assembly.Name, StringComparison.OrdinalIgnoreCase)))
        {
            // A method that is gone or has another signature must not be found out by the next caller.
            ClrHost.Validate(module, Catalog);
        }

        foreach (TypeDefinition type in Catalog.TypesById.Values.Where(t => t.Clr is { } clr && clr.Assembly.Equals(assembly.Name, StringComparison.OrdinalIgnoreCase)))
        {
            ClrHost.ValidateType(type, Catalog);
        }
    }

    /// <summary>FROM names the assembly first and what it refers to after it.</summary>
    private void RegisterDependency(Expression source, byte permission, string verb)
    {
        (byte[] content, string? folder) = ReadAssembly(source, verb);
        AssemblyIdentity identity = AssemblyInspector.Read(content) ?? throw SqlErrors.Create(6565, verb, 2);
        if (!Catalog.Assemblies.Values.Any(a => AssemblyInspector.SimpleName(a.ClrName).Equals(identity.Name, StringComparison.OrdinalIgnoreCase)))
        {
            RequireTrust(identity.Name, content, permission, verb);
            LoadReferences(identity.Name, identity, folder, permission, verb);
            _editor.Put(new AssemblyDefinition(NextAssemblyId(), identity.Name, identity.ClrName, permission, content, _editor.Now));
        }
    }

    private int NextAssemblyId() => Catalog.Assemblies.Values.Select(a => a.AssemblyId + 1).DefaultIfEmpty(FirstAssemblyId).Max();

    /// <summary>Bytes of FROM: a binary value, or the file that a string names. The folder is where references may lie.</summary>
    private (byte[] Content, string? Folder) ReadAssembly(Expression source, string verb)
    {
        (byte[] content, string? path) = ReadFile(source, verb);
        return (content, path is null ? null : Path.GetDirectoryName(path));
    }

    /// <summary>A binary value, or the content and path of the file that a string names.</summary>
    private (byte[] Content, string? Path) ReadFile(Expression source, string verb)
    {
        var compilation = new CompilationContext(_session, Catalog, new VariableMap());
        (SqlType type, _) = QueryCompiler.Describe(source, new BindingScope(compilation));
        Evaluator evaluate = QueryCompiler.CompileExpression(source, new BindingScope(compilation));
        SqlValue value = evaluate(new ExecutionContext(_session, new VariableFrame(0), compilation.RegisterCount, _context.Cancellation));
        if (type.IsBinary)
        {
            return (value.IsNull ? [] : value.AsBytes, null);
        }

        string path = value.IsNull ? "" : value.AsString;
        try
        {
            return (File.ReadAllBytes(path), Path.GetFullPath(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new SqlErrorException(SqlErrors.Create(6501, verb, path, Reason(error)).Error, error);
        }
    }

    /// <summary>Number and text of the operating system error, as SQL Server shows it.</summary>
    private static string Reason(Exception error) => error switch
    {
        FileNotFoundException => "2(The system cannot find the file specified.)",
        DirectoryNotFoundException => "3(The system cannot find the path specified.)",
        UnauthorizedAccessException => "5(Access is denied.)",
        ArgumentException or NotSupportedException => "123(The filename, directory name, or volume label syntax is incorrect.)",
        _ => error.Message,
    };

    /// <summary>
    /// clr strict security: an assembly must be trusted by its SHA2_512 hash, by TRUSTWORTHY, or by the permission UNSAFE ASSEMBLY granted to the current user.
    /// Without it only UNSAFE and EXTERNAL_ACCESS assemblies must.
    /// </summary>
    private void RequireTrust(string name, byte[] content, byte permission, string verb)
    {
        bool strict = Catalog.ConfigurationInUse("clr strict security", 1) != 0;
        if (!strict && permission == Safe)
        {
            return;
        }

        bool trusted = Catalog.TrustedAssemblies.ContainsKey(Convert.ToHexString(SHA512.HashData(content)))
            || string.Equals(Catalog.DatabaseOptions.GetValueOrDefault("TRUSTWORTHY"), "ON", StringComparison.OrdinalIgnoreCase)
            || Catalog.ServerSecurity.Permissions.Exists(p => p is { Class: PermissionNames.ServerClass, Permission: "UNSAFE ASSEMBLY", State: 'G' or 'W' } && ServerAccess.Of(_session).Is(p.GranteeId))
            || (!strict && Principals.IsOwner(Catalog, _session.PrincipalId));
        if (!trusted)
        {
            throw SqlErrors.Create(permission == Unsafe ? 10327 : 10343, verb, name);
        }
    }

    /// <summary>Registers referenced assemblies that lie beside the file; error 10301 (or 6503 for bytes) when one is nowhere.</summary>
    private void LoadReferences(string name, AssemblyIdentity identity, string? folder, byte permission, string verb)
    {
        foreach (string reference in identity.References)
        {
            if (AssemblyInspector.IsFramework(reference)
                || Catalog.Assemblies.Values.Any(a => AssemblyInspector.SimpleName(a.ClrName).Equals(reference, StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            string? path = folder is null ? null : Path.Combine(folder, reference + ".dll");
            if (path is null)
            {
                throw SqlErrors.CreateWithState(6503, 12, reference);
            }

            if (!File.Exists(path))
            {
                throw SqlErrors.Create(10301, name, reference, "2(The system cannot find the file specified.)");
            }

            byte[] content = File.ReadAllBytes(path);
            AssemblyIdentity found = AssemblyInspector.Read(content) ?? throw SqlErrors.Create(6544, verb, reference);
            RequireTrust(reference, content, permission, verb);
            _editor.Put(new AssemblyDefinition(NextAssemblyId(), found.Name, found.ClrName, permission, content, _editor.Now));
            LoadReferences(found.Name, found, folder, permission, verb);
        }
    }

    private void DropAssembly(string name, bool ifExists)
    {
        if (!Catalog.Assemblies.TryGetValue(name, out AssemblyDefinition? assembly))
        {
            if (ifExists)
            {
                return;
            }

            throw SqlErrors.CreateWithState(15151, 1, "drop", "assembly", name);
        }

        AuthorizeDrop("assembly", name, () => Access.OnAssembly("CONTROL", assembly.AssemblyId));

        string? user = Catalog.ObjectsById.Values.OfType<ModuleDefinition>().FirstOrDefault(m => m.External is { } external
            && external.Assembly.Equals(assembly.Name, StringComparison.OrdinalIgnoreCase))?.Name;
        if (user is not null)
        {
            throw SqlErrors.Create(6590, assembly.Name, user);
        }

        if (Catalog.TypesById.Values.FirstOrDefault(t => t.Clr is { } clr && clr.Assembly.Equals(assembly.Name, StringComparison.OrdinalIgnoreCase)) is { } type)
        {
            throw SqlErrors.Create(6598, assembly.Name, type.Name);
        }

        string simpleName = AssemblyInspector.SimpleName(assembly.ClrName);
        AssemblyDefinition? referring = Catalog.Assemblies.Values.FirstOrDefault(a =>
            a.AssemblyId != assembly.AssemblyId && AssemblyInspector.Read(a.Content)?.References.Contains(simpleName, StringComparer.OrdinalIgnoreCase) == true);
        if (referring is not null)
        {
            throw SqlErrors.Create(6589, referring.Name);
        }

        _editor.Remove(assembly);
    }
}
