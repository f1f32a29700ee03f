using System.Buffers.Binary;
using System.Globalization;
using NinaDB.Engine.Catalog;

namespace NinaDB.Engine.Security;

/// <summary>Security identifiers of database users, and their text form.</summary>
internal static class Sids
{
    /// <summary>S-1-9-3-: the beginning of the sid of a user without a login.</summary>
    private static readonly byte[] WithoutLogin = [1, 5, 0, 0, 0, 0, 0, 9, 3, 0, 0, 0];

    /// <summary>S-1-9-4-: of a role.</summary>
    private static readonly byte[] OfRole = [1, 5, 0, 0, 0, 0, 0, 9, 4, 0, 0, 0];

    /// <summary>The sid of a user's login, or one of its own; null where SQL Server has none.</summary>
    public static byte[] Sid(this PrincipalDefinition principal, CatalogSnapshot catalog)
    {
        if (principal.PrincipalId == InitialCatalog.DboId)
        {
            return catalog.Logins.GetValueOrDefault(catalog.OwnerLogin)?.Sid ?? [1];
        }

        if (principal.PrincipalId == InitialCatalog.GuestId)
        {
            return [0];
        }

        if (principal.Type != 'R' && principal.LoginName is not { Length: 0 } && catalog.Logins.TryGetValue(principal.LoginName ?? principal.Name, out LoginDefinition? login))
        {
            return login.Sid;
        }

        byte[] sid = [.. principal.Type == 'R' ? OfRole : WithoutLogin, .. new byte[16]];
        BinaryPrimitives.WriteInt32LittleEndian(sid.AsSpan(24), principal.PrincipalId);
        BinaryPrimitives.WriteInt32LittleEndian(sid.AsSpan(12), catalog.DatabaseId);
        return sid;
    }

    /// <summary>S-1-9-3-... of a sid in the form of Windows; empty for others.</summary>
    public static string Text(byte[] sid)
    {
        if (sid.Length < 8 || sid.Length != 8 + (sid[1] * 4))
        {
            return "";
        }

        ulong authority = 0;
        for (int i = 2; i < 8; i++)
        {
            authority = (authority << 8) | sid[i];
        }

        string text = string.Create(CultureInfo.InvariantCulture, $"S-{sid[0]}-{authority}");
        for (int i = 8; i < sid.Length; i += 4)
        {
            text += string.Create(CultureInfo.InvariantCulture, $"-{BinaryPrimitives.ReadUInt32LittleEndian(sid.AsSpan(i))}");
        }

        return text;
    }
}
