using System.Reflection;

namespace NinaDB.Engine.Clr;

/// <summary>Values of Microsoft.SqlServer.Server.Format.</summary>
internal enum ClrFormat
{
    Unknown, Native, UserDefined,
}

/// <summary>
/// The attributes of SQL Server's CLR integration. They are known by their full names only and never instantiated, because each assembly may bring its own
/// definition of them: .NET has none.
/// </summary>
internal static class ClrAttributes
{
    public const string UserDefinedAggregate = "Microsoft.SqlServer.Server.SqlUserDefinedAggregateAttribute";
    public const string UserDefinedType = "Microsoft.SqlServer.Server.SqlUserDefinedTypeAttribute";
    public const string Function = "Microsoft.SqlServer.Server.SqlFunctionAttribute";
    public const string Method = "Microsoft.SqlServer.Server.SqlMethodAttribute";
    public const string Facet = "Microsoft.SqlServer.Server.SqlFacetAttribute";
    public const string BinarySerialize = "Microsoft.SqlServer.Server.IBinarySerialize";

    /// <summary>An attribute of a member by its full name; null for none.</summary>
    public static CustomAttributeData? Find(MemberInfo member, string fullName) => member.CustomAttributes.FirstOrDefault(a => a.AttributeType.FullName == fullName);

    /// <summary>A property that the attribute sets; <paramref name="otherwise"/> when it says nothing.</summary>
    public static T Named<T>(CustomAttributeData? attribute, string name, T otherwise)
    {
        foreach (CustomAttributeNamedArgument argument in attribute?.NamedArguments ?? [])
        {
            if (argument.MemberName == name && argument.TypedValue.Value is T value)
            {
                return value;
            }
        }

        return otherwise;
    }

    /// <summary>The serialization format that the attribute's constructor names.</summary>
    public static ClrFormat FormatOf(CustomAttributeData attribute) => attribute.ConstructorArguments is [{ Value: int format }] ? (ClrFormat)format : ClrFormat.Unknown;
}
