using System;
using System.Data.SqlTypes;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.SqlServer.Server;

namespace TestAssembly;

/// <summary>A structure of Format.Native whose bytes order it: the point of the documentation.</summary>
[SqlUserDefinedType(Format.Native, IsByteOrdered = true)]
[StructLayout(LayoutKind.Sequential)]
public struct Point : INullable
{
    public const int Dimensions = 2;

    private bool _isNull;
    private int _x;
    private int _y;

    public static Point Null => new() { _isNull = true };

    public static Point Origin => default;

    public readonly bool IsNull => _isNull;

    public int X
    {
        readonly get => _x;
        set => _x = value;
    }

    public SqlInt32 Y
    {
        readonly get => _y;
        set => _y = value.Value;
    }

    public readonly Point Mirrored => new() { _x = _y, _y = _x };

    public static Point Parse(SqlString text)
    {
        if (text.IsNull)
        {
            return Null;
        }

        string[] parts = text.Value.Split(',');
        return new Point { _x = int.Parse(parts[0], CultureInfo.InvariantCulture), _y = int.Parse(parts[1], CultureInfo.InvariantCulture) };
    }

    public static Point Make(SqlInt32 x, SqlInt32 y) => new() { _x = x.Value, _y = y.Value };

    public override readonly string ToString() => FormattableString.Invariant($"{_x},{_y}");

    public readonly SqlDouble DistanceFrom(Point other) => other.IsNull ? SqlDouble.Null : Math.Sqrt(Math.Pow(_x - other._x, 2) + Math.Pow(_y - other._y, 2));

    [SqlMethod(OnNullCall = false)]
    public readonly SqlInt32 Plus(SqlInt32 number) => _x + number.Value;

    [SqlMethod(InvokeIfReceiverIsNull = true)]
    public readonly SqlBoolean HasValue() => !_isNull;

    [SqlMethod(IsMutator = true)]
    public void Move(SqlInt32 x, SqlInt32 y) => (_x, _y) = (_x + x.Value, _y + y.Value);
}

/// <summary>A class that writes itself, and does not compare.</summary>
[SqlUserDefinedType(Format.UserDefined, MaxByteSize = 40)]
public sealed class Label : INullable, IBinarySerialize
{
    public string Text = "";

    public static Label Null => new() { IsNull = true };

    public bool IsNull { get; private set; }

    [SqlFacet(MaxSize = 3)]
    public SqlString Code => Text;

    public int Length => Text.Length;

    public static Label Parse(SqlString text) => text.IsNull ? Null : text.Value.Length == 0 ? throw new ArgumentException("Empty.") : new Label { Text = text.Value };

    public override string ToString() => Text;

    public void Read(BinaryReader reader) => Text = reader.ReadString();

    public void Write(BinaryWriter writer) => writer.Write(Text);
}

/// <summary>A type of any length.</summary>
[SqlUserDefinedType(Format.UserDefined, MaxByteSize = -1)]
public sealed class Document : INullable, IBinarySerialize
{
    private byte[] _content = [];

    public static Document Null => new() { IsNull = true };

    public bool IsNull { get; private set; }

    public SqlInt32 Size => _content.Length;

    public static Document Parse(SqlString text) => new() { _content = new byte[int.Parse(text.Value, CultureInfo.InvariantCulture)] };

    public override string ToString() => "a document";

    public void Read(BinaryReader reader) => _content = reader.ReadBytes(reader.ReadInt32());

    public void Write(BinaryWriter writer)
    {
        writer.Write(_content.Length);
        writer.Write(_content);
    }
}

/// <summary>Every kind of field that Format.Native takes.</summary>
[SqlUserDefinedType(Format.Native)]
[StructLayout(LayoutKind.Sequential)]
public struct Layout : INullable
{
    private bool _bool;
    private byte _byte;
    private sbyte _sbyte;
    private short _short;
    private ushort _ushort;
    private int _int;
    private uint _uint;
    private long _long;
    private float _float;
    private double _double;
    private double _negative;
    private SqlInt32 _sqlInt;

    public static Layout Null => default;

    public readonly bool IsNull => false;

    public static Layout Parse(SqlString text) => new()
    {
        _bool = true, _byte = 2, _sbyte = -3, _short = -4, _ushort = 5, _int = 6, _uint = 7, _long = -8, _float = 1.5f, _double = 2.5, _negative = -2.5, _sqlInt = 9,
    };

    public override readonly string ToString() =>
        FormattableString.Invariant($"{_bool} {_byte} {_sbyte} {_short} {_ushort} {_int} {_uint} {_long} {_float} {_double} {_negative} {_sqlInt}");
}

[SqlUserDefinedType(Format.Native)]
public sealed class NotSequential : INullable
{
    private readonly int _value = 1;

    public static NotSequential Null => new();

    public bool IsNull => _value == 0;

    public static NotSequential Parse(SqlString text) => new();
}

[SqlUserDefinedType(Format.Native)]
[StructLayout(LayoutKind.Sequential)]
public struct HoldsDecimal : INullable
{
    private decimal _value;

    public static HoldsDecimal Null => default;

    public readonly bool IsNull => _value == 0;

    public static HoldsDecimal Parse(SqlString text) => new() { _value = 1 };
}

[SqlUserDefinedType(Format.Native)]
[StructLayout(LayoutKind.Sequential)]
public struct NotNullable
{
    private int _value;

    public static NotNullable Parse(SqlString text) => new() { _value = text.Value.Length };
}

[SqlUserDefinedType(Format.Native)]
[StructLayout(LayoutKind.Sequential)]
public struct WithoutNull : INullable
{
    private int _value;

    public readonly bool IsNull => _value == 0;

    public static WithoutNull Parse(SqlString text) => new() { _value = text.Value.Length };
}

[SqlUserDefinedType(Format.Native)]
[StructLayout(LayoutKind.Sequential)]
public struct WithoutParse : INullable
{
    private int _value;

    public static WithoutParse Null => new() { _value = 0 };

    public readonly bool IsNull => _value == 0;
}

/// <summary>Routines over types.</summary>
public static class PointRoutines
{
    public static Point Double(Point point) => point.IsNull ? point : Point.Make(point.X * 2, point.Y * 2);

    public static SqlString Describe(Label label) => label.IsNull ? "nothing" : label.Text;

    public static void Turn(ref Point point) => point = point.Mirrored;
}

/// <summary>The largest of points: an aggregate over a type.</summary>
[SqlUserDefinedAggregate(Format.Native)]
[StructLayout(LayoutKind.Sequential)]
public struct Farthest
{
    private Point _point;

    public void Init() => _point = Point.Null;

    public void Accumulate(Point point)
    {
        if (!point.IsNull && (_point.IsNull || point.X > _point.X))
        {
            _point = point;
        }
    }

    public void Merge(Farthest other) => Accumulate(other._point);

    public readonly Point Terminate() => _point;
}
