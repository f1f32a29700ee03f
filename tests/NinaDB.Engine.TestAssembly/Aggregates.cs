using System;
using System.Data.SqlTypes;
using System.IO;
using System.Text;
using Microsoft.SqlServer.Server;

namespace TestAssembly;

/// <summary>Joins what it is given: a class that writes its state itself.</summary>
[SqlUserDefinedAggregate(Format.UserDefined, MaxByteSize = 8000, IsInvariantToNulls = true)]
public sealed class Concatenate : IBinarySerialize
{
    private StringBuilder _text = new();

    public void Init() => _text = new StringBuilder();

    public void Accumulate(SqlString value)
    {
        if (!value.IsNull)
        {
            _text.Append(value.Value).Append(',');
        }
    }

    public void Merge(Concatenate other) => _text.Append(other._text);

    public SqlString Terminate() => new(_text.ToString().TrimEnd(','));

    public void Read(BinaryReader reader) => _text = new StringBuilder(reader.ReadString());

    public void Write(BinaryWriter writer) => writer.Write(_text.ToString());
}

/// <summary>A structure of Format.Native, with two parameters, that counts NULLs.</summary>
[SqlUserDefinedAggregate(Format.Native, IsNullIfEmpty = true)]
public struct WeightedSum
{
    private double _sum;
    private int _nulls;

    public void Init() => (_sum, _nulls) = (0, 0);

    public void Accumulate(SqlDouble value, SqlInt32 weight)
    {
        if (value.IsNull || weight.IsNull)
        {
            _nulls++;
            return;
        }

        _sum += value.Value * weight.Value;
    }

    public void Merge(WeightedSum other) => (_sum, _nulls) = (_sum + other._sum, _nulls + other._nulls);

    public readonly SqlString Terminate() => new(FormattableString.Invariant($"{_sum}/{_nulls}"));
}

/// <summary>Says whether its state survived being written and read: one field is left out.</summary>
[SqlUserDefinedAggregate(Format.UserDefined, MaxByteSize = 16)]
public struct Forgetful : IBinarySerialize
{
    private int _kept;
    private int _forgotten;

    public void Init() => (_kept, _forgotten) = (0, 0);

    public void Accumulate(SqlInt32 value)
    {
        _kept++;
        _forgotten++;
        if (value.Value < 0)
        {
            throw new NumberedException(1, "Negative.");
        }
    }

    public void Merge(Forgetful other) => _kept += other._kept;

    public readonly SqlInt32 Terminate() => (_kept * 100) + _forgotten;

    public void Read(BinaryReader reader) => _kept = reader.ReadInt32();

    public readonly void Write(BinaryWriter writer) => writer.Write(_kept);
}

/// <summary>Writes more than it says.</summary>
[SqlUserDefinedAggregate(Format.UserDefined, MaxByteSize = 4)]
public sealed class TooLong : IBinarySerialize
{
    public void Init()
    {
    }

    public void Accumulate(SqlInt32 value)
    {
    }

    public void Merge(TooLong other)
    {
    }

    public SqlInt32 Terminate() => 1;

    public void Read(BinaryReader reader)
    {
    }

    public void Write(BinaryWriter writer) => writer.Write(1L);
}

[SqlUserDefinedAggregate(Format.Native)]
public sealed class HoldsReference
{
    private readonly string _text = "";

    public void Init() => _ = _text;

    public void Accumulate(SqlInt32 value)
    {
    }

    public void Merge(HoldsReference other)
    {
    }

    public SqlInt32 Terminate() => 1;
}

[SqlUserDefinedAggregate(Format.Native)]
public struct NoMerge
{
    private int _count;

    public void Init() => _count = 0;

    public void Accumulate(SqlInt32 value) => _count++;

    public readonly SqlInt32 Terminate() => _count;
}

[SqlUserDefinedAggregate(Format.UserDefined, MaxByteSize = 9000)]
public sealed class TooWide : IBinarySerialize
{
    public void Read(BinaryReader reader)
    {
    }

    public void Write(BinaryWriter writer)
    {
    }
}

[SqlUserDefinedAggregate(Format.UserDefined, MaxByteSize = 8)]
public sealed class NotSerializable
{
    public void Init()
    {
    }
}
