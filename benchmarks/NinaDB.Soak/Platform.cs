using NinaDB.Engine;

namespace NinaDB.Soak;

/// <summary>What the soak does as the platform: administrators' acts, and looking up what a seller is not told. Used by all workers, one at a time.</summary>
internal sealed class Platform(Database database) : IDisposable
{
    private readonly Lock _lock = new();

    private readonly Tenant _administrator = new(database, "dba");

    private readonly Tenant _service = new(database, "nina_service");

    /// <summary>Runs a statement as a member of nina_administrator.</summary>
    public Answer Administer(string text)
    {
        lock (_lock)
        {
            return _administrator.Try(text);
        }
    }

    /// <summary>The tenant that paid for a sale.</summary>
    public string? BuyerOf(string sale) => Look($"SELECT TenantId FROM market.Sale WHERE PublicId = '{sale}';");

    /// <summary>Whether the acquisition of a sale is in force.</summary>
    public bool IsInForce(string sale) =>
        Look($"SELECT COUNT(*) FROM market.Sale AS s INNER JOIN market.Entitlement AS e ON e.EntitlementId = s.EntitlementId WHERE s.PublicId = '{sale}' AND e.RevokedAt IS NULL;") == "1";

    public void Dispose()
    {
        _administrator.Dispose();
        _service.Dispose();
    }

    private string? Look(string query)
    {
        lock (_lock)
        {
            return _service.Value(query);
        }
    }
}
