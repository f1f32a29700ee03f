namespace NinaDB.Engine.Types;

/// <summary>The system data types of SQL Server 2025. Synonyms (sysname, integer, dec, ...) are resolved by the parser and the catalog.</summary>
public enum SqlTypeId : byte
{
    /// <summary>The type of an untyped NULL literal; implicitly converts to anything (and is int where a column type must be chosen).</summary>
    Null,
    Bit,
    TinyInt,
    SmallInt,
    Int,
    BigInt,
    Decimal,
    Numeric,
    SmallMoney,
    Money,
    Real,
    Float,
    Date,
    Time,
    SmallDateTime,
    DateTime,
    DateTime2,
    DateTimeOffset,
    Char,
    VarChar,
    Text,
    NChar,
    NVarChar,
    NText,
    Binary,
    VarBinary,
    Image,
    RowVersion,
    UniqueIdentifier,
    SqlVariant,
    Xml,
    Json,
    Vector,
    HierarchyId,
    Geometry,
    Geography,
    Cursor,
    /// <summary>A table type (user-defined table type, or the anonymous type of a table variable).</summary>
    Table,
    /// <summary>A CLR user-defined type; which one, SqlType.UdtFacts says.</summary>
    Udt,
}
