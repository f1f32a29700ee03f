using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Types;

/// <summary>Data type precedence: which type the operands of an expression are brought to.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/data-types/data-type-precedence-transact-sql and precision-scale-and-length-transact-sql.</remarks>
internal static class TypePrecedence
{
    /// <summary>The higher rank wins. Untyped NULL has rank 0.</summary>
    public static int Rank(SqlTypeId id) => id switch
    {
        SqlTypeId.Null => 0,
        SqlTypeId.Binary => 1,
        SqlTypeId.VarBinary => 2,
        SqlTypeId.Char => 3,
        SqlTypeId.VarChar => 4,
        SqlTypeId.NChar => 5,
        SqlTypeId.NVarChar => 6,
        SqlTypeId.UniqueIdentifier => 7,
        SqlTypeId.RowVersion => 8,
        SqlTypeId.Image => 9,
        SqlTypeId.Text => 10,
        SqlTypeId.NText => 11,
        SqlTypeId.Bit => 12,
        SqlTypeId.TinyInt => 13,
        SqlTypeId.SmallInt => 14,
        SqlTypeId.Int => 15,
        SqlTypeId.BigInt => 16,
        SqlTypeId.SmallMoney => 17,
        SqlTypeId.Money => 18,
        SqlTypeId.Numeric => 19,
        SqlTypeId.Decimal => 19,
        SqlTypeId.Real => 20,
        SqlTypeId.Float => 21,
        SqlTypeId.Time => 22,
        SqlTypeId.Date => 23,
        SqlTypeId.SmallDateTime => 24,
        SqlTypeId.DateTime => 25,
        SqlTypeId.DateTime2 => 26,
        SqlTypeId.DateTimeOffset => 27,
        SqlTypeId.Xml => 28,
        SqlTypeId.SqlVariant => 29,
        SqlTypeId.Json => 30,
        SqlTypeId.Vector => 31,
        SqlTypeId.HierarchyId or SqlTypeId.Geometry or SqlTypeId.Geography => 32,
        SqlTypeId.Udt => 34,
        _ => 33,
    };

    /// <summary>
    /// The type that values of both types are brought to in UNION, CASE, COALESCE, IN and comparisons, with length, precision and scale wide enough for both
    /// where SQL Server makes them so. Throws error 206 when the types clash.
    /// </summary>
    public static SqlType Common(SqlType a, SqlType b)
    {
        if (a.Id == SqlTypeId.Null)
        {
            return b;
        }

        if (b.Id == SqlTypeId.Null || a.Equals(b))
        {
            return a;
        }

        SqlType winner = Rank(a.Id) >= Rank(b.Id) ? a : b;
        SqlType loser = ReferenceEquals(winner, a) ? b : a;
        if (!SqlConvert.CanConvert(loser, winner, isImplicit: true))
        {
            throw SqlErrors.Create(206, loser.Name, winner.Name);
        }

        if (winner.IsString)
        {
            return CommonString(winner, loser);
        }

        return winner.Id switch
        {
            SqlTypeId.Decimal or SqlTypeId.Numeric when loser.IsDecimal || loser.IsExactInteger || loser.IsMoney => CommonDecimal(winner, loser),
            SqlTypeId.Binary or SqlTypeId.VarBinary when loser.IsBinary => winner.WithLength(LongerOf(winner.Length, loser.Length)),
            SqlTypeId.Time or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset when loser.IsDateOrTime => WithTimeScale(winner, Math.Max(winner.Scale, TimeScale(loser))),
            SqlTypeId.Vector when loser.Id == SqlTypeId.Vector => winner,
            _ => winner,
        };
    }

    /// <summary>The collation of an expression over two character types; null means the database default.</summary>
    public static Collation? CommonCollation(SqlType a, SqlType b)
    {
        if (a.Collation is null || !a.IsString)
        {
            return b.IsString ? b.Collation ?? (a.IsString ? a.Collation : null) : null;
        }

        if (b.Collation is null || !b.IsString || ReferenceEquals(a.Collation, b.Collation))
        {
            return a.Collation;
        }

        // Who binds the operands has judged the conflict by their labels.
        return a.Collation;
    }

    /// <summary>Exact numerics as decimal(p,s): bit 1, tinyint 3, smallint 5, int 10, bigint 19, smallmoney 10,4, money 19,4.</summary>
    public static (int Precision, int Scale) ExactPrecision(SqlType type) => type.Id switch
    {
        SqlTypeId.Bit => (1, 0),
        SqlTypeId.TinyInt => (3, 0),
        SqlTypeId.SmallInt => (5, 0),
        SqlTypeId.Int => (10, 0),
        SqlTypeId.BigInt => (19, 0),
        SqlTypeId.SmallMoney => (10, 4),
        SqlTypeId.Money => (19, 4),
        _ => (type.Precision, type.Scale),
    };

    private static SqlType CommonDecimal(SqlType winner, SqlType loser)
    {
        (int p1, int s1) = ExactPrecision(winner);
        (int p2, int s2) = ExactPrecision(loser);
        int integral = Math.Max(p1 - s1, p2 - s2);
        int scale = Math.Max(s1, s2);
        if (integral + scale > 38)
        {
            // Integral digits are kept, fractional ones give way.
            scale = Math.Min(scale, 38 - Math.Min(integral, 38));
            integral = Math.Min(integral, 38 - scale);
        }

        return winner.Id == SqlTypeId.Numeric || loser.Id == SqlTypeId.Numeric ? SqlType.Numeric(integral + scale, scale) : SqlType.Decimal(integral + scale, scale);
    }

    private static SqlType CommonString(SqlType winner, SqlType loser)
    {
        if (!loser.IsString)
        {
            // binary beside char: bytes are characters.
            if (!loser.IsBinary || winner.IsLegacyLob)
            {
                return winner;
            }

            SqlType form = loser.Id == SqlTypeId.Binary || !winner.IsFixedLength ? winner
                : winner.IsUnicodeString ? SqlType.NVarChar(winner.Length, winner.Collation) : SqlType.VarChar(winner.Length, winner.Collation);
            return form.WithLength(Clamp(form, LongerOf(form.Length, loser.Length)));
        }

        Collation? collation = CommonCollation(winner, loser);
        if (winner.IsLegacyLob || loser.IsLegacyLob)
        {
            return (winner.IsUnicodeString || loser.IsUnicodeString ? SqlType.NText : SqlType.Text).WithCollation(collation);
        }

        bool unicode = winner.IsUnicodeString || loser.IsUnicodeString;
        bool variable = winner.Id is SqlTypeId.VarChar or SqlTypeId.NVarChar || loser.Id is SqlTypeId.VarChar or SqlTypeId.NVarChar;
        int length = LongerOf(winner.Length, loser.Length);
        if (unicode)
        {
            length = length > 4000 ? 4000 : length;
            return variable ? SqlType.NVarChar(length, collation) : SqlType.NChar(length, collation);
        }

        return variable ? SqlType.VarChar(length, collation) : SqlType.Char(length, collation);
    }

    private static int Clamp(SqlType type, int length) => length == SqlType.Max ? length : Math.Min(length, type.LengthLimit);

    private static int LongerOf(int a, int b) => a == SqlType.Max || b == SqlType.Max ? SqlType.Max : Math.Max(a, b);

    private static int TimeScale(SqlType type) => type.Id switch
    {
        SqlTypeId.DateTime => 3,
        SqlTypeId.Time or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset => type.Scale,
        _ => 0,
    };

    private static SqlType WithTimeScale(SqlType type, int scale) => type.Id switch
    {
        SqlTypeId.Time => SqlType.Time(scale),
        SqlTypeId.DateTime2 => SqlType.DateTime2(scale),
        _ => SqlType.DateTimeOffset(scale),
    };
}
