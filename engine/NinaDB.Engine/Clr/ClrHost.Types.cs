using System.Reflection;
using System.Runtime.CompilerServices;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Clr;

/// <remarks>CLR user-defined types.</remarks>
internal static partial class ClrHost
{
    private static readonly ConditionalWeakTable<TypeDefinition, BoundType> Types = [];

    private sealed record BoundType(AssemblyDefinition Assembly, UdtClass Class);

    /// <summary>Checks the class of a CREATE TYPE (errors 6267, 6556, 8188 and those of <see cref="UdtClass.Bind"/>) and returns what the type is.</summary>
    public static SqlType CreateType(ClrTypeName name, int userTypeId, string schema, string typeName, CatalogSnapshot catalog)
    {
        if (!catalog.Assemblies.TryGetValue(name.Assembly, out AssemblyDefinition? definition))
        {
            throw SqlErrors.Create(6267, name.Assembly);
        }

        Type type = Load(definition, catalog).GetType(name.Class, throwOnError: false)
            ?? throw SqlErrors.CreationFailed(SqlErrors.Create(6556, "CREATE TYPE", name.Class, definition.Name), "TYPE", 1);
        if (catalog.TypesById.Values.Any(t => t.Clr is { } clr && clr.Class == name.Class && clr.Assembly.Equals(name.Assembly, StringComparison.OrdinalIgnoreCase)))
        {
            throw SqlErrors.Aborting(SqlErrors.Create(8188, name.Class, definition.Name));
        }

        UdtClass bound = UdtClass.Bind(type, definition.Name);
        return SqlType.Udt(new UdtFacts(
            catalog.DatabaseId, userTypeId, schema, typeName, name.Class, $"{name.Class}, {type.Assembly.FullName}", bound.MaxByteSize, bound.IsByteOrdered, bound.IsFixedLength));
    }

    /// <summary>The type's class, as a session's catalog has it. Error 6263 unless clr enabled is on.</summary>
    public static UdtClass Class(UdtFacts facts, EngineSession session)
    {
        CatalogSnapshot catalog = session.Server.Find(facts.DatabaseId) ?? session.Catalog;
        if (catalog.ConfigurationInUse("clr enabled", 0) == 0)
        {
            throw SqlErrors.Create(6263);
        }

        return Class(facts, catalog);
    }

    /// <summary>The type's class, to bind its members.</summary>
    public static UdtClass Class(UdtFacts facts, CatalogSnapshot catalog)
    {
        TypeDefinition definition = catalog.TypesById.GetValueOrDefault(facts.UserTypeId) is { Clr: not null } found ? found : throw SqlErrors.Create(218, facts.QualifiedName);
        AssemblyDefinition? assembly = catalog.Assemblies.GetValueOrDefault(definition.Clr!.Assembly);
        if (Types.TryGetValue(definition, out BoundType? bound) && ReferenceEquals(bound.Assembly, assembly))
        {
            return bound.Class;
        }

        Type type = FindType(definition.Clr, catalog);
        bound = new BoundType(assembly!, UdtClass.Find(type) ?? throw SqlErrors.CreateWithState(6255, 2, "CREATE TYPE", type.FullName, "UDT", ClrAttributes.UserDefinedType));
        Types.AddOrUpdate(definition, bound);
        return bound.Class;
    }

    /// <summary>Whether an assembly that is altered still has the class of a type, and of the same size. Errors 6273 and 6277.</summary>
    public static void ValidateType(TypeDefinition definition, CatalogSnapshot catalog)
    {
        AssemblyDefinition assembly = catalog.Assemblies[definition.Clr!.Assembly];
        UdtClass type = Load(assembly, catalog).GetType(definition.Clr.Class, throwOnError: false) is { } found && UdtClass.Find(found) is { } bound
            ? bound
            : throw SqlErrors.Create(6273, definition.Clr.Class);
        if (definition.BaseType?.UdtFacts is { } facts && facts.MaxByteSize != type.MaxByteSize)
        {
            throw SqlErrors.Create(6277, definition.Clr.Class);
        }
    }

    /// <summary>Name of the assembly of a type, as errors show it.</summary>
    public static string AssemblyOf(UdtFacts facts, CatalogSnapshot catalog) => catalog.TypesById.GetValueOrDefault(facts.UserTypeId)?.Clr?.Assembly ?? "";

    /// <summary>The SQL type that stands for a CLR type in a member's signature: the natural one, or the CLR type of the catalog that has this class.</summary>
    public static SqlType? SqlTypeOf(Type clr, CatalogSnapshot catalog) => ClrConvert.NaturalType(clr)
        ?? catalog.TypesById.Values.FirstOrDefault(t => t.Clr is { } name && name.Class == clr.FullName && t.BaseType is { Id: SqlTypeId.Udt })?.BaseType;

    /// <summary>Text as a value of a CLR type: what its Parse makes of it.</summary>
    public static SqlValue Parse(string text, UdtFacts facts) => Guard(facts, c => c.Parse(text), ThreadSession.Current);

    /// <summary>A value of a CLR type as text: what its ToString says.</summary>
    public static string TextOf(SqlValue value, UdtFacts facts) => Guard(facts, c => c.Read(value).ToString() ?? "", ThreadSession.Current);

    /// <summary>Runs code of the type's class; what it throws is error 6522, naming the type.</summary>
    public static T Guard<T>(UdtFacts facts, Func<UdtClass, T> call, EngineSession session)
    {
        UdtClass type = Class(facts, session);
        using ClrContext.Scope scope = ClrContext.Enter(session);
        try
        {
            return call(type);
        }
        catch (ClrLengthException error)
        {
            throw LengthError(error.Length, facts);
        }
        catch (Exception error) when (error is not SqlErrorException)
        {
            throw Wrap(error, facts.Name, type.Type.Assembly, 6522, error is ClrTruncationException ? (byte)1 : (byte)2);
        }
    }

    /// <summary>Bytes as a value of a CLR type; only their number is looked at. Errors 6234 and 6235.</summary>
    public static SqlValue FromBytes(byte[] bytes, UdtFacts facts) =>
        (facts.IsFixedLength && bytes.Length != facts.MaxByteSize) || (facts.MaxByteSize >= 0 && bytes.Length > facts.MaxByteSize)
            ? throw LengthError(bytes.Length, facts)
            : SqlValue.FromBinary(bytes, SqlTypeId.Udt);

    private static SqlErrorException LengthError(int length, UdtFacts facts) => SqlErrors.Aborting(facts.IsFixedLength
        ? SqlErrors.Create(6235, length, length < facts.MaxByteSize ? "less" : "greater", facts.MaxByteSize, facts.Name)
        : SqlErrors.Create(6234, length, facts.MaxByteSize, facts.Name));
}
