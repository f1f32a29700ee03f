namespace NinaDB.Clients.Tests;

/// <summary>Every check of every client that is installed here: tests/clients/README.md says what they prove.</summary>
public sealed class ClientTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [ClientFact("pymssql")]
    public void Pymssql_passes_its_checks() => Passes("pymssql");

    [ClientFact("pytds")]
    public void Pytds_passes_its_checks() => Passes("pytds");

    [ClientFact("tedious")]
    public void Tedious_passes_its_checks() => Passes("tedious");

    [ClientFact("tedious")]
    public void Tedious_passes_its_checks_in_strict_mode() => Passes("tedious", ("NINADB_ENCRYPT", "strict"));

    [ClientFact("mssql")]
    public void Mssql_passes_its_checks() => Passes("mssql");

    [ClientFact("jTDS")]
    public void Jtds_passes_its_checks() => Passes("jTDS");

    [ClientFact("FreeTDS and unixODBC")]
    public void FreeTds_and_unixODBC_pass_their_checks() => Passes("FreeTDS and unixODBC");

    private void Passes(string client, params (string Name, string Value)[] more)
    {
        ClientScript script = ClientScript.Find(client);
        var environment = new Dictionary<string, string>(server.Variables);
        foreach ((string name, string value) in more)
        {
            environment[name] = value;
        }

        (string[] outcomes, string text) = script.Run(environment);

        Assert.True(outcomes.All(o => o.StartsWith("ok ", StringComparison.Ordinal)) && outcomes.Length == script.Checks,
            $"{script.Checks} checks were expected to pass:\n{text}\nThe server wrote:\n{server.Log}");
    }
}
