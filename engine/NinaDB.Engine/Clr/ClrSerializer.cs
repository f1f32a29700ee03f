using System.Buffers.Binary;
using System.Data.SqlTypes;
using System.Linq.Expressions;
using System.Reflection;
using NinaDB.Engine.Errors;
using Expression = System.Linq.Expressions.Expression;

namespace NinaDB.Engine.Clr;

/// <summary>
/// How the instances of an aggregate's or a type's class become bytes: Format.Native field by field, Format.UserDefined by IBinarySerialize.
/// </summary>
internal abstract class ClrSerializer
{
    private const int LargestSize = 8000;

    /// <summary>Largest number of bytes; -1 for no limit.</summary>
    public abstract int MaxByteSize { get; }

    /// <summary>Whether every instance has <see cref="MaxByteSize"/> bytes.</summary>
    public abstract bool IsFixedLength { get; }

    public abstract byte[] Write(object instance);

    public abstract object Read(byte[] bytes);

    /// <summary>The serializer that the attribute asks for. Errors 6225, 6222, 6229, 6226, 6244, 6539.</summary>
    /// <param name="requiresLayout">Types must be LayoutKind.Sequential (6229) and may not have every value type (6222); of aggregates only that is asked which 6225 says.</param>
    public static ClrSerializer Of(Type type, CustomAttributeData attribute, string assembly, bool requiresLayout)
    {
        switch (ClrAttributes.FormatOf(attribute))
        {
            case ClrFormat.Native:
                if (requiresLayout && !type.IsLayoutSequential)
                {
                    throw SqlErrors.Create(6229, assembly, type.FullName);
                }

                return new NativeSerializer(type, assembly);
            case ClrFormat.UserDefined:
                Type contract = type.GetInterfaces().FirstOrDefault(i => i.FullName == ClrAttributes.BinarySerialize)
                    ?? throw SqlErrors.Create(6226, assembly, type.FullName, "System.Data", ClrAttributes.BinarySerialize);
                int size = ClrAttributes.Named(attribute, "MaxByteSize", LargestSize);
                return size is -1 or (>= 1 and <= LargestSize)
                    ? new UserDefinedSerializer(type, contract, size, ClrAttributes.Named(attribute, "IsFixedLength", false))
                    : throw SqlErrors.Create(6244, size, assembly, type.FullName);
            default:
                throw SqlErrors.Create(6539, assembly, type.FullName);
        }
    }

    /// <summary>The instance (boxed, if the class is a structure) as something to call instance methods on: a structure is changed where it lies.</summary>
    public static Expression Target(Expression instance, Type type) => type.IsValueType ? Expression.Unbox(instance, type) : Expression.Convert(instance, type);

    /// <summary>What makes an instance in the state of its parameterless constructor.</summary>
    public static Func<object> Constructor(Type type) => Expression.Lambda<Func<object>>(Expression.Convert(Expression.New(type), typeof(object))).Compile();

    /// <summary>
    /// Format.Native: every instance field in the order of its declaration, at a fixed width, so that the bytes order as the values do. Signed integers are big-endian with
    /// the sign bit turned, unsigned ones big-endian; of a positive floating-point number the sign bit is turned, of a negative one every bit; a structure is its fields.
    /// </summary>
    private sealed class NativeSerializer : ClrSerializer
    {
        private readonly Type _type;
        private readonly Func<object> _create;
        private readonly FieldInfo[][] _paths;

        public NativeSerializer(Type type, string assembly)
        {
            _type = type;
            _create = Constructor(type);
            var paths = new List<FieldInfo[]>();
            Collect(type, [], paths, assembly);
            _paths = [.. paths];
            MaxByteSize = _paths.Sum(p => Width(p[^1].FieldType));
            if (MaxByteSize == 0)
            {
                throw SqlErrors.Create(6599, type.FullName);
            }
        }

        public override int MaxByteSize { get; }

        public override bool IsFixedLength => true;

        public override byte[] Write(object instance)
        {
            var bytes = new byte[MaxByteSize];
            Span<byte> rest = bytes;
            foreach (FieldInfo[] path in _paths)
            {
                object value = instance;
                foreach (FieldInfo field in path)
                {
                    value = field.GetValue(value)!;
                }

                rest = rest[WriteValue(rest, value)..];
            }

            return bytes;
        }

        public override object Read(byte[] bytes)
        {
            if (bytes.Length != MaxByteSize)
            {
                throw new ClrLengthException(bytes.Length, MaxByteSize);
            }

            object instance = _create();
            ReadOnlySpan<byte> rest = bytes;
            foreach (FieldInfo[] path in _paths)
            {
                Type type = path[^1].FieldType;
                SetAt(instance, path, 0, ReadValue(rest, type));
                rest = rest[Width(type)..];
            }

            return instance;
        }

        /// <summary>Structures are copied out, changed and put back.</summary>
        private static void SetAt(object owner, FieldInfo[] path, int depth, object value)
        {
            if (depth < path.Length - 1)
            {
                object inner = path[depth].GetValue(owner)!;
                SetAt(inner, path, depth + 1, value);
                value = inner;
            }

            path[depth].SetValue(owner, value);
        }

        private void Collect(Type type, FieldInfo[] path, List<FieldInfo[]> paths, string assembly)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).OrderBy(f => f.MetadataToken))
            {
                Type fieldType = field.FieldType;
                if (!fieldType.IsValueType)
                {
                    string home = fieldType.Assembly == typeof(object).Assembly ? "mscorlib" : fieldType.Assembly.GetName().Name!;
                    throw SqlErrors.Create(6225, assembly, _type.FullName, field.Name, home, fieldType.FullName);
                }

                FieldInfo[] own = [.. path, field];
                if (Width(fieldType) > 0)
                {
                    paths.Add(own);
                }
                else if (fieldType.IsPrimitive || fieldType.IsEnum || fieldType == typeof(decimal) || fieldType == typeof(DateTime) || fieldType == typeof(Guid)
                    || (fieldType.Namespace == "System.Data.SqlTypes" && !IsNativeSqlType(fieldType)))
                {
                    throw SqlErrors.Create(6222, assembly, _type.FullName, field.Name);
                }
                else
                {
                    Collect(fieldType, own, paths, assembly);
                }
            }
        }

        private static bool IsNativeSqlType(Type type) =>
            type == typeof(SqlBoolean) || type == typeof(SqlByte) || type == typeof(SqlInt16) || type == typeof(SqlInt32) || type == typeof(SqlInt64) || type == typeof(SqlSingle)
            || type == typeof(SqlDouble) || type == typeof(SqlMoney) || type == typeof(SqlDateTime);

        /// <summary>Bytes of a primitive type; 0 for what is none, or is none that native serialization takes.</summary>
        private static int Width(Type type) => type.IsEnum ? 0 : Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean or TypeCode.Byte or TypeCode.SByte => 1,
            TypeCode.Int16 or TypeCode.UInt16 => 2,
            TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Single => 4,
            TypeCode.Int64 or TypeCode.UInt64 or TypeCode.Double => 8,
            _ => 0,
        };

        private static int WriteValue(Span<byte> to, object value)
        {
            switch (value)
            {
                case bool v:
                    to[0] = v ? (byte)1 : (byte)0;
                    return 1;
                case byte v:
                    to[0] = v;
                    return 1;
                case sbyte v:
                    to[0] = (byte)(v ^ sbyte.MinValue);
                    return 1;
                case short v:
                    BinaryPrimitives.WriteInt16BigEndian(to, (short)(v ^ short.MinValue));
                    return 2;
                case ushort v:
                    BinaryPrimitives.WriteUInt16BigEndian(to, v);
                    return 2;
                case int v:
                    BinaryPrimitives.WriteInt32BigEndian(to, v ^ int.MinValue);
                    return 4;
                case uint v:
                    BinaryPrimitives.WriteUInt32BigEndian(to, v);
                    return 4;
                case long v:
                    BinaryPrimitives.WriteInt64BigEndian(to, v ^ long.MinValue);
                    return 8;
                case ulong v:
                    BinaryPrimitives.WriteUInt64BigEndian(to, v);
                    return 8;
                case float v:
                    int single = BitConverter.SingleToInt32Bits(v);
                    BinaryPrimitives.WriteInt32BigEndian(to, single < 0 ? ~single : single ^ int.MinValue);
                    return 4;
                default:
                    long bits = BitConverter.DoubleToInt64Bits((double)value);
                    BinaryPrimitives.WriteInt64BigEndian(to, bits < 0 ? ~bits : bits ^ long.MinValue);
                    return 8;
            }
        }

        private static object ReadValue(ReadOnlySpan<byte> from, Type type)
        {
            switch (Type.GetTypeCode(type))
            {
                case TypeCode.Boolean:
                    return from[0] != 0;
                case TypeCode.Byte:
                    return from[0];
                case TypeCode.SByte:
                    return (sbyte)(from[0] ^ 0x80);
                case TypeCode.Int16:
                    return (short)(BinaryPrimitives.ReadInt16BigEndian(from) ^ short.MinValue);
                case TypeCode.UInt16:
                    return BinaryPrimitives.ReadUInt16BigEndian(from);
                case TypeCode.Int32:
                    return BinaryPrimitives.ReadInt32BigEndian(from) ^ int.MinValue;
                case TypeCode.UInt32:
                    return BinaryPrimitives.ReadUInt32BigEndian(from);
                case TypeCode.Int64:
                    return BinaryPrimitives.ReadInt64BigEndian(from) ^ long.MinValue;
                case TypeCode.UInt64:
                    return BinaryPrimitives.ReadUInt64BigEndian(from);
                case TypeCode.Single:
                    int single = BinaryPrimitives.ReadInt32BigEndian(from);
                    return BitConverter.Int32BitsToSingle(single < 0 ? single ^ int.MinValue : ~single);
                default:
                    long bits = BinaryPrimitives.ReadInt64BigEndian(from);
                    return BitConverter.Int64BitsToDouble(bits < 0 ? bits ^ long.MinValue : ~bits);
            }
        }
    }

    /// <summary>Format.UserDefined: what IBinarySerialize writes, at most MaxByteSize bytes of it.</summary>
    private sealed class UserDefinedSerializer : ClrSerializer
    {
        private readonly Func<object> _create;
        private readonly Action<object, BinaryWriter> _write;
        private readonly Action<object, BinaryReader> _read;

        public UserDefinedSerializer(Type type, Type contract, int maxByteSize, bool isFixedLength)
        {
            MaxByteSize = maxByteSize;
            IsFixedLength = isFixedLength;
            _create = Constructor(type);
            _write = Compile<BinaryWriter>(contract.GetMethod("Write")!, contract);
            _read = Compile<BinaryReader>(contract.GetMethod("Read")!, contract);
        }

        public override int MaxByteSize { get; }

        public override bool IsFixedLength { get; }

        public override byte[] Write(object instance)
        {
            using var stream = new LimitedStream(MaxByteSize);
            using var writer = new BinaryWriter(stream);
            _write(instance, writer);
            writer.Flush();
            return stream.ToArray();
        }

        public override object Read(byte[] bytes)
        {
            object instance = _create();
            using var reader = new BinaryReader(new MemoryStream(bytes, writable: false));
            _read(instance, reader);
            return instance;
        }

        /// <summary>Through the interface: a boxed structure is changed where it lies.</summary>
        private static Action<object, T> Compile<T>(MethodInfo method, Type contract)
        {
            ParameterExpression instance = Expression.Parameter(typeof(object), "instance"), stream = Expression.Parameter(typeof(T), "stream");
            return Expression.Lambda<Action<object, T>>(Expression.Call(Expression.Convert(instance, contract), method, stream), instance, stream).Compile();
        }
    }

    /// <summary>Throws what SQL Server's buffer throws when a class writes more than it said it would.</summary>
    private sealed class LimitedStream(int limit) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            Reserve(count);
            base.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Reserve(buffer.Length);
            base.Write(buffer);
        }

        public override void WriteByte(byte value)
        {
            Reserve(1);
            base.WriteByte(value);
        }

        private void Reserve(int count)
        {
            if (limit >= 0 && Position + count > limit)
            {
                throw new SqlTypeException("The buffer is insufficient. Read or write operation failed.");
            }
        }
    }
}

/// <summary>Bytes that are no instance of a type of fixed width (error 6235).</summary>
internal sealed class ClrLengthException(int length, int expected) : Exception
{
    public int Length { get; } = length;

    public int Expected { get; } = expected;
}
