namespace NinaDB.Clients.Tests;

/// <summary>A test that needs a client of another maker; skipped with the reason where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClientFactAttribute : FactAttribute
{
    public ClientFactAttribute(string client) => Skip = ClientScript.Find(client).Missing();
}
