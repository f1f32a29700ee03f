using System.Linq.Expressions;
using System.Reflection;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Types;
using Expression = System.Linq.Expressions.Expression;

namespace NinaDB.Engine.Clr;

/// <summary>A member of a CLR type as T-SQL calls it: its types, and itself compiled with their conversions.</summary>
internal sealed class UdtMember
{
    private const BindingFlags Instances = BindingFlags.Instance | BindingFlags.Public, Statics = BindingFlags.Static | BindingFlags.Public;

    private readonly Func<object?, SqlValue[], SqlValue> _invoke;

    private UdtMember(SqlType[] parameters, SqlType? result, Func<object?, SqlValue[], SqlValue> invoke)
    {
        Parameters = parameters;
        Result = result;
        _invoke = invoke;
    }

    public SqlType[] Parameters { get; }

    /// <summary>Null for a mutator.</summary>
    public SqlType? Result { get; }

    /// <summary>SqlMethod(OnNullCall = false): NULL for a NULL argument, without a call.</summary>
    public bool CallsOnNull { get; private init; } = true;

    /// <summary>SqlMethod(InvokeIfReceiverIsNull = true): called on the class's Null too.</summary>
    public bool TakesNullReceiver { get; private init; }

    public bool IsDeterministic { get; private init; }

    /// <summary>Reads a property or field, calls a method, or changes the instance and returns nothing of use.</summary>
    public SqlValue Invoke(object? instance, SqlValue[] arguments) => _invoke(instance, arguments);

    /// <summary>A property or field to read. Errors 6592, 6593, 6584, 6563.</summary>
    public static UdtMember Property(UdtClass type, string name, string assembly, bool isStatic, Func<Type, SqlType?> typeOf)
    {
        MemberInfo member = FindProperty(type, name, assembly, isStatic);
        Type value = TypeOf(member);
        SqlType result = Faceted(typeOf(value), member) ?? throw SqlErrors.Create(6563, name, type.Type.FullName, assembly);
        return new UdtMember([], result, Compile(type, isStatic, (instance, _) => ClrConvert.To(value, Expression.MakeMemberAccess(instance, member), result))) { IsDeterministic = true };
    }

    /// <summary>A property or field to assign to. Errors 6592, 6593, 6595.</summary>
    public static UdtMember Assignment(UdtClass type, string name, string assembly, Func<Type, SqlType?> typeOf)
    {
        MemberInfo member = FindProperty(type, name, assembly, isStatic: false);
        if (member is PropertyInfo { SetMethod: not { IsPublic: true } } or FieldInfo { IsInitOnly: true })
        {
            throw SqlErrors.Create(6595, name, type.Type.FullName, assembly);
        }

        Type value = TypeOf(member);
        SqlType parameter = Faceted(typeOf(value), member) ?? throw SqlErrors.Create(6563, name, type.Type.FullName, assembly);
        return new UdtMember([parameter], null, Compile(type, false, (instance, arguments) => Expression.Block(
            Expression.Assign(Expression.MakeMemberAccess(instance, member), ClrConvert.From(value, Expression.ArrayIndex(arguments, Expression.Constant(0)))),
            Expression.Default(typeof(SqlValue)))));
    }

    /// <summary>A method. Errors 6506, 6572, 6200 (a mutator is read), 6201 (a method that is none is to change the value), 6563, 6564.</summary>
    public static UdtMember Method(UdtClass type, string name, string assembly, bool isStatic, bool isMutator, Func<Type, SqlType?> typeOf)
    {
        string typeName = type.Type.FullName!;
        MethodInfo method = type.Type.GetMethods(isStatic ? Statics : Instances).Where(m => m.Name == name && !m.IsSpecialName).ToArray() switch
        {
            [] => throw SqlErrors.CreateWithState(6506, 10, name, typeName, assembly),
            [{ } only] => only,
            MethodInfo[] several => several.FirstOrDefault(m => m.GetParameters().Length == 0 && name == nameof(ToString)) ?? throw SqlErrors.Create(6572, name, typeName, assembly),
        };
        CustomAttributeData? attribute = ClrAttributes.Find(method, ClrAttributes.Method);
        if (ClrAttributes.Named(attribute, "IsMutator", false) != isMutator)
        {
            throw SqlErrors.Create(isMutator ? 6201 : 6200, name, typeName, assembly);
        }

        ParameterInfo[] parameters = method.GetParameters();
        var types = new SqlType[parameters.Length];
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = typeOf(parameters[i].ParameterType) ?? throw SqlErrors.Create(6564, name, typeName, assembly, i + 1);
        }

        bool returns = method.ReturnType != typeof(void);
        SqlType? result = isMutator ? null
            : (returns ? Faceted(typeOf(method.ReturnType), method.ReturnParameter) : null) ?? throw SqlErrors.Create(6563, name, typeName, assembly);
        Expression Body(Expression? instance, Expression arguments)
        {
            Expression[] values = [.. parameters.Select((p, i) => ClrConvert.From(p.ParameterType, Expression.ArrayIndex(arguments, Expression.Constant(i))))];
            Expression call = instance is null ? Expression.Call(method, values) : Expression.Call(instance, method, values);
            return result is null ? Expression.Block(call, Expression.Default(typeof(SqlValue))) : ClrConvert.To(method.ReturnType, call, result);
        }

        return new UdtMember(types, result, Compile(type, isStatic, Body))
        {
            CallsOnNull = ClrAttributes.Named(attribute, "OnNullCall", true),
            TakesNullReceiver = ClrAttributes.Named(attribute, "InvokeIfReceiverIsNull", false),
            IsDeterministic = ClrAttributes.Named(attribute, "IsDeterministic", false),
        };
    }

    private static MemberInfo FindProperty(UdtClass type, string name, string assembly, bool isStatic)
    {
        MemberInfo? Find(BindingFlags flags) => (MemberInfo?)type.Type.GetProperty(name, flags) ?? type.Type.GetField(name, flags);
        return Find(isStatic ? Statics : Instances)
            ?? throw SqlErrors.Create(Find(isStatic ? Instances : Statics) is null ? 6592 : isStatic ? 6584 : 6593, name, type.Type.FullName, assembly);
    }

    private static Type TypeOf(MemberInfo member) => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    /// <summary>SqlFacet: the length of text and binary, precision and scale of decimals.</summary>
    private static SqlType? Faceted(SqlType? type, ICustomAttributeProvider member)
    {
        IList<CustomAttributeData> attributes = member is ParameterInfo parameter ? parameter.GetCustomAttributesData() : ((MemberInfo)member).GetCustomAttributesData();
        CustomAttributeData? facet = attributes.FirstOrDefault(a => a.AttributeType.FullName == ClrAttributes.Facet);
        if (type is null || facet is null)
        {
            return type;
        }

        int size = ClrAttributes.Named(facet, "MaxSize", 0);
        if (size != 0 && (type.IsString || type.IsBinary))
        {
            return type.WithLength(size < 0 || size > type.LengthLimit ? SqlType.Max : size);
        }

        int precision = ClrAttributes.Named(facet, "Precision", 0);
        return precision > 0 && type.IsDecimal ? SqlType.Decimal(precision, ClrAttributes.Named(facet, "Scale", 0)) : type;
    }

    private static Func<object?, SqlValue[], SqlValue> Compile(UdtClass type, bool isStatic, Func<Expression?, Expression, Expression> body)
    {
        ParameterExpression instance = Expression.Parameter(typeof(object), "instance"), arguments = Expression.Parameter(typeof(SqlValue[]), "arguments");
        Expression value = body(isStatic ? null : ClrSerializer.Target(instance, type.Type), arguments);
        return Expression.Lambda<Func<object?, SqlValue[], SqlValue>>(value, instance, arguments).Compile();
    }
}
