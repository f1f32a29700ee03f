namespace NinaDB.Engine.Types;

/// <summary>Values as text, the way client tools (sqlcmd, SSMS) show them in result sets.</summary>
public static class SqlFormat
{
    /// <summary>Text of a value in a result set; "NULL" for NULL.</summary>
    public static string ToText(SqlValue value, SqlType type) => value.Kind switch
    {
        SqlTypeId.Null => "NULL",
        SqlTypeId.Money or SqlTypeId.SmallMoney => SqlConvert.TextOf(value, type, 2),
        SqlTypeId.Float => FloatText.RoundTrip(value.AsDouble, isReal: false),
        SqlTypeId.Real => FloatText.RoundTrip(value.AsDouble, isReal: true),
        SqlTypeId.DateTime => SqlConvert.TextOf(value, type, 121),
        SqlTypeId.SmallDateTime => SqlConvert.TextOf(value, type, 120),
        SqlTypeId.Binary or SqlTypeId.VarBinary or SqlTypeId.Image or SqlTypeId.RowVersion or SqlTypeId.HierarchyId or SqlTypeId.Udt => "0x" + System.Convert.ToHexString(value.AsBytes),
        SqlTypeId.SqlVariant => ToText(value.AsVariant.Value, value.AsVariant.Type),
        _ => SqlConvert.TextOf(value, type),
    };
}
