namespace NinaDB.Engine.Catalog;

/// <summary>Records of server principals.</summary>
internal static partial class CatalogCodec
{
    public static CatalogWriter Write(ServerRoleDefinition role)
    {
        CatalogWriter writer = Begin();
        writer.Int32(role.PrincipalId);
        writer.String(role.Name);
        writer.Int32(role.OwnerId);
        writer.List(role.MemberOf, writer.Int32);
        writer.DateTime(role.CreateDate);
        writer.DateTime(role.ModifyDate);
        return writer;
    }

    public static ServerRoleDefinition ReadServerRole(CatalogReader reader)
    {
        Check(reader);
        return new ServerRoleDefinition(reader.Int32(), reader.String(), reader.Int32(), [.. reader.List(reader.Int32)], reader.DateTime(), reader.DateTime());
    }

    private static void WriteLoginExtras(CatalogWriter writer, LoginDefinition login)
    {
        writer.List(login.MemberOf, writer.Int32);
        writer.String(login.StoredSid is { } sid ? Convert.ToHexString([.. sid]) : null);
        writer.String(login.DefaultLanguage);
        writer.DateTime(login.CreateDate ?? default);
        writer.DateTime(login.ModifyDate ?? default);
        writer.Bool(login.IsPolicyChecked);
        writer.Bool(login.IsExpirationChecked);
    }

    /// <summary>Absent from records of the first releases.</summary>
    private static LoginDefinition ReadLoginExtras(CatalogReader reader, LoginDefinition login)
    {
        if (reader.IsAtEnd)
        {
            return login;
        }

        login = login with
        {
            MemberOf = [.. reader.List(reader.Int32)],
            StoredSid = reader.StringOrNull() is { } sid ? [.. Convert.FromHexString(sid)] : null,
            DefaultLanguage = reader.String(),
        };
        DateTime created = reader.DateTime();
        DateTime modified = reader.DateTime();
        return login with
        {
            CreateDate = created == default ? null : created,
            ModifyDate = modified == default ? null : modified,
            IsPolicyChecked = reader.Bool(),
            IsExpirationChecked = reader.Bool(),
        };
    }
}
