using System.Text;
using NinaDB.Engine.Types;

namespace NinaDB.Tds.Protocol;

/// <summary>How values of one type are held on the wire.</summary>
internal enum WireFormat : byte
{
    Integer, Decimal, Money, SmallMoney, Real, Float, Date, Time, DateTime, SmallDateTime, DateTime2, DateTimeOffset, Guid, NarrowText, WideText, Binary, PartialNarrowText, PartialWideText,
    PartialBinary, LegacyNarrowText, LegacyWideText, LegacyBinary, Variant, Vector,
}

/// <summary>
/// One column or return value towards the client: its TYPE_INFO and its values ([MS-TDS] 2.2.5.4 to 2.2.5.6). Types that the client is too old for are sent as the text or
/// large object that it knows.
/// </summary>
internal sealed partial class ColumnFormat
{
    /// <summary>Sign and sixteen bytes of magnitude.</summary>
    private const byte LongestDecimal = 17;

    private readonly WireFormat _format;
    private readonly byte _token;

    /// <summary>Length of TYPE_INFO in bytes: of the value, or the longest it can be.</summary>
    private readonly int _length;

    private readonly byte _precision;
    private readonly byte _scale;
    private readonly Collation? _collation;

    /// <summary>The column cannot be NULL and its type has a token for that: values come without a length.</summary>
    private readonly bool _isFixed;

    /// <summary>Values become text on the way: the client does not know the type.</summary>
    private readonly bool _asText;

    private ColumnFormat(SqlType type, WireFormat format, byte token, int length = 0, Collation? collation = null, bool asText = false)
    {
        Type = type;
        _format = format;
        _token = token;
        _length = length;
        _precision = type.Id == SqlTypeId.Money ? (byte)19 : type.Precision;
        _scale = type.Scale;
        _collation = collation;
        _asText = asText;
    }

    public SqlType Type { get; }

    /// <summary>Name of the database that a CLR type belongs to.</summary>
    public string UdtDatabase { get; init; } = "";

    /// <summary>User type of COLMETADATA: 80 for rowversion, 0 otherwise.</summary>
    public uint UserType => Type.Id == SqlTypeId.RowVersion ? 80u : 0u;

    /// <summary>Text, ntext and image carry the name of their table in COLMETADATA.</summary>
    public bool HasTableName => _format is WireFormat.LegacyBinary or WireFormat.LegacyNarrowText or WireFormat.LegacyWideText;

    /// <summary>Comparisons of this column regard case.</summary>
    public bool IsCaseSensitive => _collation is { IsCaseSensitive: true } or { IsBinary: true };

    /// <param name="format">Format of a column that may be NULL.</param>
    private ColumnFormat(ColumnFormat format, byte token)
        : this(format.Type, format._format, token, format._length)
    {
        _isFixed = true;
    }

    /// <summary>The format of a column: numbers, bit and the old date types have another one when they cannot be NULL, and clients rely on it.</summary>
    public static ColumnFormat For(SqlType type, bool isNullable, ClientCapabilities client, string database = "")
    {
        ColumnFormat format = For(type, client, database);
        byte? token = isNullable
            ? null
            : format.Type.Id switch
            {
                SqlTypeId.Bit => TypeToken.Bit,
                SqlTypeId.TinyInt => TypeToken.Int1,
                SqlTypeId.SmallInt => TypeToken.Int2,
                SqlTypeId.Int => TypeToken.Int4,
                SqlTypeId.BigInt => TypeToken.Int8,
                SqlTypeId.Real => TypeToken.Float4,
                SqlTypeId.Float => TypeToken.Float8,
                SqlTypeId.SmallMoney => TypeToken.Money4,
                SqlTypeId.Money => TypeToken.Money,
                SqlTypeId.SmallDateTime => TypeToken.DateTime4,
                SqlTypeId.DateTime => TypeToken.DateTime,
                _ => null,
            };
        return token is { } fixedToken ? new ColumnFormat(format, fixedToken) : format;
    }

    public static ColumnFormat For(SqlType type, ClientCapabilities client, string database = "")
    {
        switch (type.Id)
        {
            case SqlTypeId.Null:
                return new(SqlType.Int, WireFormat.Integer, TypeToken.IntN, 4);
            case SqlTypeId.Bit:
                return new(type, WireFormat.Integer, TypeToken.BitN, 1);
            case SqlTypeId.TinyInt:
                return new(type, WireFormat.Integer, TypeToken.IntN, 1);
            case SqlTypeId.SmallInt:
                return new(type, WireFormat.Integer, TypeToken.IntN, 2);
            case SqlTypeId.Int:
                return new(type, WireFormat.Integer, TypeToken.IntN, 4);
            case SqlTypeId.BigInt:
                return new(type, WireFormat.Integer, TypeToken.IntN, 8);
            case SqlTypeId.Decimal:
                return new(type, WireFormat.Decimal, TypeToken.DecimalN, type.MaxLength);
            case SqlTypeId.Numeric:
                return new(type, WireFormat.Decimal, TypeToken.NumericN, type.MaxLength);
            case SqlTypeId.SmallMoney:
                return new(type, WireFormat.SmallMoney, TypeToken.MoneyN, 4);
            case SqlTypeId.Money:
                return new(type, WireFormat.Money, TypeToken.MoneyN, 8);
            case SqlTypeId.Real:
                return new(type, WireFormat.Real, TypeToken.FloatN, 4);
            case SqlTypeId.Float:
                return new(type, WireFormat.Float, TypeToken.FloatN, 8);
            case SqlTypeId.SmallDateTime:
                return new(type, WireFormat.SmallDateTime, TypeToken.DateTimeN, 4);
            case SqlTypeId.DateTime:
                return new(type, WireFormat.DateTime, TypeToken.DateTimeN, 8);
            case SqlTypeId.Date or SqlTypeId.Time or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset when !client.HasDateTypes:
                return new(type, WireFormat.WideText, TypeToken.NVarChar, 34 * 2, Collation.Default, asText: true);
            case SqlTypeId.Date:
                return new(type, WireFormat.Date, TypeToken.Date, 3);
            case SqlTypeId.Time:
                return new(type, WireFormat.Time, TypeToken.Time, TimeLength(type.Scale));
            case SqlTypeId.DateTime2:
                return new(type, WireFormat.DateTime2, TypeToken.DateTime2, TimeLength(type.Scale) + 3);
            case SqlTypeId.DateTimeOffset:
                return new(type, WireFormat.DateTimeOffset, TypeToken.DateTimeOffset, TimeLength(type.Scale) + 5);
            case SqlTypeId.UniqueIdentifier:
                return new(type, WireFormat.Guid, TypeToken.Guid, 16);
            case SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.Text:
                return Narrow(type, client);
            case SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.NText:
                return Wide(type, type.EffectiveCollation, client);
            case SqlTypeId.HierarchyId:
                // Its bytes: clients need an assembly of their own to make a node of them.
                return new(type, WireFormat.Binary, TypeToken.VarBinary, type.MaxLength);
            case SqlTypeId.Udt when client.HasMaxTypes:
                return new(type, WireFormat.PartialBinary, TypeToken.Udt, type.IsMax ? TypeToken.PartialLength : type.MaxLength) { UdtDatabase = database };
            case SqlTypeId.Udt:
                return type.IsMax ? new(type, WireFormat.LegacyBinary, TypeToken.Image, int.MaxValue) : new(type, WireFormat.Binary, TypeToken.VarBinary, type.MaxLength);
            case SqlTypeId.Binary or SqlTypeId.RowVersion:
                return new(type, WireFormat.Binary, TypeToken.Binary, Math.Max(1, type.Length));
            case SqlTypeId.VarBinary when type.IsMax && client.HasMaxTypes:
                return new(type, WireFormat.PartialBinary, TypeToken.VarBinary, TypeToken.PartialLength);
            case SqlTypeId.VarBinary when !type.IsMax:
                return new(type, WireFormat.Binary, TypeToken.VarBinary, Math.Max(1, type.Length));
            case SqlTypeId.VarBinary or SqlTypeId.Image:
                return new(type, WireFormat.LegacyBinary, TypeToken.Image, int.MaxValue);
            case SqlTypeId.SqlVariant:
                return new(type, WireFormat.Variant, TypeToken.Variant, 8009);
            case SqlTypeId.Xml when client.HasMaxTypes:
                return new(type, WireFormat.PartialWideText, TypeToken.Xml);
            case SqlTypeId.Json when client.Json:
                return new(type, WireFormat.PartialNarrowText, TypeToken.Json, 0, Collation.Utf8Binary);
            case SqlTypeId.Vector when client.Vector && !type.IsHalfPrecision:
                return new(type, WireFormat.Vector, TypeToken.Vector, 8 + (4 * type.Length));
            case SqlTypeId.Json or SqlTypeId.Vector when client.Utf8:
                return new(type, WireFormat.PartialNarrowText, TypeToken.VarChar, TypeToken.PartialLength, Collation.Utf8Binary, asText: type.Id == SqlTypeId.Vector);
            case SqlTypeId.Xml or SqlTypeId.Json or SqlTypeId.Vector:
                return client.HasMaxTypes
                    ? new(type, WireFormat.PartialWideText, TypeToken.NVarChar, TypeToken.PartialLength, Collation.Default, asText: type.Id == SqlTypeId.Vector)
                    : new(type, WireFormat.LegacyWideText, TypeToken.NText, int.MaxValue, Collation.Default, asText: type.Id == SqlTypeId.Vector);
            default:
                throw Engine.Errors.SqlErrors.NotSupported($"{type.Name} values in a result set");
        }
    }

    private static ColumnFormat Narrow(SqlType type, ClientCapabilities client)
    {
        Collation collation = type.EffectiveCollation;
        if (collation.IsUtf8 && !client.Utf8)
        {
            // A client without UTF-8 support gets the characters as Unicode rather than bytes it would misread.
            return Wide(type.IsMax ? SqlType.NVarCharMax : type.Length > 4000 ? SqlType.NVarCharMax : SqlType.NVarChar(type.Length), collation, client);
        }

        if (!type.IsMax)
        {
            return new(type, WireFormat.NarrowText, type.Id == SqlTypeId.Char ? TypeToken.Char : TypeToken.VarChar, Math.Max(1, type.Length), collation);
        }

        return type.Id == SqlTypeId.VarChar && client.HasMaxTypes
            ? new(type, WireFormat.PartialNarrowText, TypeToken.VarChar, TypeToken.PartialLength, collation)
            : new(type, WireFormat.LegacyNarrowText, TypeToken.Text, int.MaxValue, collation);
    }

    private static ColumnFormat Wide(SqlType type, Collation collation, ClientCapabilities client)
    {
        if (!type.IsMax)
        {
            return new(type, WireFormat.WideText, type.Id == SqlTypeId.NChar ? TypeToken.NChar : TypeToken.NVarChar, Math.Max(1, type.Length) * 2, collation);
        }

        return type.Id == SqlTypeId.NVarChar && client.HasMaxTypes
            ? new(type, WireFormat.PartialWideText, TypeToken.NVarChar, TypeToken.PartialLength, collation)
            : new(type, WireFormat.LegacyWideText, TypeToken.NText, int.MaxValue - 1, collation);
    }

    /// <summary>Bytes of a time of a scale.</summary>
    public static int TimeLength(int scale) => scale <= 2 ? 3 : scale <= 4 ? 4 : 5;

    public void WriteTypeInfo(PacketOutput output)
    {
        output.Write(_token);
        if (_isFixed)
        {
            return;
        }

        switch (_format)
        {
            case WireFormat.Date:
                return;
            case WireFormat.Time or WireFormat.DateTime2 or WireFormat.DateTimeOffset:
                output.Write(_scale);
                return;
            case WireFormat.Decimal:
                // Always the longest: SqlBulkCopy takes it for the length of what it sends.
                output.Write(LongestDecimal);
                output.Write(_precision);
                output.Write(_scale);
                return;
            case WireFormat.LegacyNarrowText or WireFormat.LegacyWideText or WireFormat.LegacyBinary or WireFormat.Variant:
                output.Write(_length);
                break;
            case WireFormat.Vector:
                output.Write((ushort)_length);
                output.Write((byte)0);
                return;
            case WireFormat.PartialBinary when _token == TypeToken.Udt:
                WriteUdtInfo(output);
                return;
            case WireFormat.Binary or WireFormat.NarrowText or WireFormat.WideText or WireFormat.PartialBinary:
                output.Write((ushort)_length);
                break;
            case WireFormat.PartialWideText when _token == TypeToken.Xml:
                output.Write((byte)0);
                return;
            case WireFormat.PartialNarrowText when _token == TypeToken.Json:
                return;
            case WireFormat.PartialNarrowText or WireFormat.PartialWideText:
                output.Write((ushort)_length);
                break;
            default:
                output.Write((byte)_length);
                break;
        }

        if (_collation is not null)
        {
            CollationBytes.Write(output, _collation);
        }
    }

    /// <summary>UDT_INFO: largest size, the type's database, schema and name, and the class that clients load ([MS-TDS] 2.2.5.5.2).</summary>
    private void WriteUdtInfo(PacketOutput output)
    {
        UdtFacts facts = Type.UdtFacts!;
        output.Write((ushort)_length);
        foreach (string part in (ReadOnlySpan<string>)[UdtDatabase, facts.Schema, facts.Name])
        {
            output.Write((byte)part.Length);
            output.WriteUnicode(part);
        }

        output.Write((ushort)facts.AssemblyQualifiedName.Length);
        output.WriteUnicode(facts.AssemblyQualifiedName);
    }

    public void WriteNull(PacketOutput output)
    {
        if (_isFixed)
        {
            throw new InvalidOperationException($"A {Type.Name} column that was announced as NOT NULL holds NULL.");
        }

        switch (_format)
        {
            case WireFormat.NarrowText or WireFormat.WideText or WireFormat.Binary or WireFormat.Vector:
                output.Write(TypeToken.NullLength);
                break;
            case WireFormat.PartialBinary or WireFormat.PartialNarrowText or WireFormat.PartialWideText:
                output.Write(-1L);
                break;
            case WireFormat.Variant:
                output.Write(0);
                break;
            default:
                output.Write((byte)0);
                break;
        }
    }

    /// <summary>Bytes of text in this column's encoding; null when all of it is ASCII and can be written as it is.</summary>
    private byte[]? NarrowBytes(string text) => Ascii.IsValid(text) ? null : TextEncodings.GetBytes(text, _collation!);
}
