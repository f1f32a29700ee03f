namespace NinaDB.Tds.Security;

/// <summary>Which JWT access tokens log in (FEDAUTH), and what becomes of them.</summary>
public sealed class AccessTokenOptions
{
    /// <summary>`iss` that a token must have.</summary>
    public required string Issuer { get; init; }

    /// <summary>`aud` that a token must have.</summary>
    public required string Audience { get; init; }

    /// <summary>File or http(s) address of the JSON Web Key Set that signs tokens.</summary>
    public required string KeySet { get; init; }

    /// <summary>Database user that sessions of tokens act as: a member of nina_application, say.</summary>
    public required string User { get; init; }

    /// <summary>
    /// Batch that runs as that user when a session begins, and after every reset of the connection, with the token's claims as parameters @Oid, @Tid, @Sub and @Name;
    /// an error refuses the login.
    /// </summary>
    public string? OnLogin { get; init; }

    /// <summary>How far clocks may be apart.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(2);
}
