using System.Data.SqlTypes;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;
using Expression = System.Linq.Expressions.Expression;

namespace NinaDB.Engine.Clr;

/// <summary>
/// The class of a CLR user-defined type: https://learn.microsoft.com/sql/relational-databases/clr-integration-database-objects-user-defined-types/creating-user-defined-types-requirements.
/// Its instances are boxed if it is a structure; NULL is its own Null.
/// </summary>
internal sealed class UdtClass
{
    private const string Statement = "CREATE TYPE", Specification = "UDT";
    private const BindingFlags StaticMembers = BindingFlags.Static | BindingFlags.Public;

    private static readonly ConditionalWeakTable<Type, UdtClass> Known = [];

    private readonly ClrSerializer _serializer;
    private readonly Func<object> _null;
    private readonly Func<SqlString, object> _parse;

    private UdtClass(Type type, ClrSerializer serializer, CustomAttributeData attribute, MemberInfo @null, MethodInfo parse)
    {
        Type = type;
        _serializer = serializer;
        IsByteOrdered = ClrAttributes.Named(attribute, "IsByteOrdered", false);
        _null = Expression.Lambda<Func<object>>(Expression.Convert(Expression.MakeMemberAccess(null, @null), typeof(object))).Compile();
        ParameterExpression text = Expression.Parameter(typeof(SqlString), "text");
        _parse = Expression.Lambda<Func<SqlString, object>>(Expression.Convert(Expression.Call(parse, text), typeof(object)), text).Compile();
    }

    public Type Type { get; }

    public int MaxByteSize => _serializer.MaxByteSize;

    public bool IsFixedLength => _serializer.IsFixedLength;

    public bool IsByteOrdered { get; }

    /// <summary>The class of a type that CREATE TYPE would take; null for others.</summary>
    public static UdtClass? Find(Type type)
    {
        if (Known.TryGetValue(type, out UdtClass? known))
        {
            return known;
        }

        if (ClrAttributes.Find(type, ClrAttributes.UserDefinedType) is null)
        {
            return null;
        }

        known = Bind(type, type.Assembly.GetName().Name!);
        Known.AddOrUpdate(type, known);
        return known;
    }

    /// <summary>Checks a class. Errors 6255, 6229, 6225, 6222, 6226, 6244, 6577, 6557 and 6558.</summary>
    /// <param name="assembly">Name of its assembly in the catalog.</param>
    public static UdtClass Bind(Type type, string assembly)
    {
        string name = type.FullName!;
        CustomAttributeData attribute = ClrAttributes.Find(type, ClrAttributes.UserDefinedType)
            ?? throw SqlErrors.CreateWithState(6255, 2, Statement, name, Specification, ClrAttributes.UserDefinedType);
        ClrSerializer serializer = ClrSerializer.Of(type, attribute, assembly, requiresLayout: true);
        if (!typeof(INullable).IsAssignableFrom(type))
        {
            throw Failed(SqlErrors.Create(6577, name, nameof(INullable)));
        }

        MemberInfo @null = (MemberInfo?)type.GetProperty("Null", StaticMembers, null, type, [], null) ?? type.GetField("Null", StaticMembers) ?? throw Failed(SqlErrors.CreateWithState(6557, 7, Statement, name, Specification, "Null"));
        MethodInfo? parse = type.GetMethod("Parse", StaticMembers, [typeof(SqlString)]);
        return parse is not null && parse.ReturnType == type
            ? new UdtClass(type, serializer, attribute, @null, parse)
            : throw Failed(SqlErrors.Create(6558, Statement, name, Specification, "Parse"));
    }

    /// <summary>The instance of a value; the class's Null for NULL.</summary>
    public object Read(SqlValue value) => value.IsNull ? _null() : _serializer.Read(value.AsBytes);

    /// <summary>The value of an instance; NULL when it says so itself.</summary>
    public SqlValue Write(object? instance) =>
        instance is null or INullable { IsNull: true } ? SqlValue.Null : SqlValue.FromBinary(_serializer.Write(instance), SqlTypeId.Udt);

    public SqlValue Parse(string text) => Write(_parse(new SqlString(text)));

    private static SqlErrorException Failed(SqlErrorException reason) => SqlErrors.CreationFailed(reason, "TYPE", 1);
}
