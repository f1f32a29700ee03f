using NinaDB.Engine.Clr;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Types;

/// <remarks>CLR user-defined types: text by the class's Parse and ToString, binary as the bytes are.</remarks>
internal static partial class SqlConvert
{
    private static Allowed UdtRule(SqlType from, SqlType to)
    {
        if (from.Id == to.Id)
        {
            return from.Equals(to) ? Allowed.Implicit : Allowed.No;
        }

        SqlType other = from.Id == SqlTypeId.Udt ? to : from;
        if (other.IsString && !other.IsLegacyLob)
        {
            return to.Id == SqlTypeId.Udt ? Allowed.Implicit : Allowed.Explicit;
        }

        return other.Id is SqlTypeId.Binary or SqlTypeId.VarBinary ? Allowed.Explicit : Allowed.No;
    }

    /// <summary>Two CLR types are named with their schemas; where only CAST might have helped, with their database too.</summary>
    private static SqlErrorException UdtRefused(SqlType from, SqlType to, bool isImplicit, Allowed rule)
    {
        if (from.Id == to.Id)
        {
            return SqlErrors.Create(206, from.UdtFacts!.QualifiedName, to.UdtFacts!.QualifiedName);
        }

        return !isImplicit
            ? SqlErrors.Create(529, FullName(from), FullName(to))
            : SqlErrors.Create(rule == Allowed.Explicit ? 257 : 206, from.ErrorName, to.ErrorName);
    }

    private static string FullName(SqlType type) => type.UdtFacts is { } facts
        ? $"{ThreadSession.Current.Server.Find(facts.DatabaseId)?.DatabaseName}.{facts.QualifiedName}"
        : type.ErrorName;

    private static SqlValue ToUdt(SqlValue value, SqlType from, SqlType to)
    {
        if (from.Id == SqlTypeId.Udt)
        {
            return value;
        }

        return value.Reference is string text
            ? ClrHost.Parse(from.IsFixedLength ? text.TrimEnd(' ') : text, to.UdtFacts!)
            : ClrHost.FromBytes(value.AsBytes, to.UdtFacts!);
    }

    private static SqlValue FromUdt(SqlValue value, SqlType from, SqlType to)
    {
        if (to.IsString)
        {
            return SqlValue.FromString(FitString(ClrHost.TextOf(value, from.UdtFacts!), to), to.Id);
        }

        byte[] bytes = value.AsBytes;
        if (to.Id == SqlTypeId.Binary && bytes.Length < to.Length)
        {
            throw SqlErrors.Create(6207, from.Name);
        }

        return ToBinary(SqlValue.FromBinary(bytes), SqlType.VarBinaryMax, to, 0);
    }
}
