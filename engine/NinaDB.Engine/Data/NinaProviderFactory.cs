using System.Data.Common;

namespace NinaDB.Engine.Data;

/// <summary>Makes the provider's objects for code that only knows System.Data.Common; invariant name <c>NinaDB.Engine.Data</c>.</summary>
public sealed class NinaProviderFactory : DbProviderFactory
{
    public static readonly NinaProviderFactory Instance = new();

    private NinaProviderFactory()
    {
    }

    public override bool CanCreateDataAdapter => true;

    public override bool CanCreateCommandBuilder => false;

    public override DbConnection CreateConnection() => new NinaConnection();

    public override DbCommand CreateCommand() => new NinaCommand();

    public override DbParameter CreateParameter() => new NinaParameter();

    public override DbConnectionStringBuilder CreateConnectionStringBuilder() => new NinaConnectionStringBuilder();

    public override DbDataAdapter CreateDataAdapter() => new NinaDataAdapter();
}

/// <summary>Fills data sets and writes them back with the commands it is given.</summary>
public sealed class NinaDataAdapter : DbDataAdapter
{
    public NinaDataAdapter()
    {
    }

    public NinaDataAdapter(NinaCommand selectCommand) => SelectCommand = selectCommand;
}
