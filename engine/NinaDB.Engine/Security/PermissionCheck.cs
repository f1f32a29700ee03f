using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Session;

namespace NinaDB.Engine.Security;

/// <summary>
/// May the current principal use what a statement names? In a batch and in dynamic SQL everything is asked; inside a module only what another principal owns than the
/// module's owner (the ownership chain).
/// </summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/tutorial-ownership-chains-and-context-switching</remarks>
internal readonly struct PermissionCheck
{
    private readonly EngineSession _session;
    private readonly PrincipalAccess _access;

    /// <summary>Owner of the running module; null in a batch.</summary>
    private readonly int? _chainOwner;

    public PermissionCheck(EngineSession session, Routine? routine)
    {
        _session = session;
        _access = PrincipalAccess.Of(session);
        _chainOwner = routine is null or { Kind: RoutineKind.Batch or RoutineKind.DynamicBatch } ? null : OwnerOfModule(session.Catalog, routine);
    }

    /// <summary>Nothing is refused to dbo.</summary>
    public bool IsUnlimited => _access.IsUnlimited;

    /// <summary>Error 229 unless the permission is held.</summary>
    public void Require(CatalogObject named, string permission, bool isUnchained = false)
    {
        if (!IsExempt(named, isUnchained) && !AccessTo(named).OnObject(permission, named))
        {
            throw Refuse(named, permission);
        }
    }

    /// <summary>Error 229, or 230 where columns have permissions of their own.</summary>
    /// <param name="columns">The columns that are used; none for a statement that only counts rows.</param>
    public void RequireColumns(CatalogObject named, string permission, IReadOnlyCollection<string> columns, bool isUnchained = false)
    {
        if (IsExempt(named, isUnchained))
        {
            return;
        }

        PrincipalAccess access = AccessTo(named);
        if (!access.HasColumnPermissions(named.ObjectId))
        {
            Require(named, permission, isUnchained);
            return;
        }

        if (!access.OnObject(permission, named) && !access.OnAnyColumn(permission, named))
        {
            throw Refuse(named, permission);
        }

        // One error for each column that is refused.
        var refused = new List<SqlError>();
        foreach (string column in columns)
        {
            if (!access.OnColumn(permission, named, ColumnId(named, column)))
            {
                refused.Add(SqlErrors.Create(230, permission, column, named.Name, _session.CatalogOf(named).DatabaseName, SchemaOf(named)).Error);
            }
        }

        if (refused.Count > 0)
        {
            throw new SqlErrorException(refused[^1]) { Preceding = [.. refused.SkipLast(1)] };
        }
    }

    /// <summary>Whether the current principal may SELECT every one of a table's columns, given by id.</summary>
    public static bool MayReadColumns(EngineSession session, TableDefinition table, IEnumerable<int> columnIds)
    {
        var access = PrincipalAccess.Of(session);
        return columnIds.All(id => access.OnColumn("SELECT", table, id));
    }

    /// <summary>ADMINISTER BULK OPERATIONS, or error 4834.</summary>
    public void RequireBulkLoad()
    {
        if (!MayLoadFiles)
        {
            throw SqlErrors.CreateWithState(4834, 4);
        }
    }

    /// <summary>ADMINISTER BULK OPERATIONS belongs to the server, ADMINISTER DATABASE BULK OPERATIONS to the database.</summary>
    private bool MayLoadFiles => IsUnlimited || ServerAccess.Of(_session).Allows("ADMINISTER BULK OPERATIONS") || _access.OnDatabase("ADMINISTER DATABASE BULK OPERATIONS");

    /// <summary>SELECT on what the statement reads, EXECUTE on the functions it calls.</summary>
    /// <param name="except">What the caller has asked about already.</param>
    public void RequireReads(StatementAccess access, Func<CatalogObject, bool>? except = null)
    {
        if (access.LoadsFiles && !MayLoadFiles)
        {
            throw SqlErrors.Create(4834);
        }

        foreach (CatalogObject read in access.Named)
        {
            if (except is null || !except(read))
            {
                RequireRead(access, read, isUnchained: false);
            }
        }

        foreach (CatalogObject read in access.Unchained)
        {
            RequireRead(access, read, isUnchained: true);
        }
    }

    private void RequireRead(StatementAccess access, CatalogObject read, bool isUnchained)
    {
        if (read is ModuleDefinition { Type: ObjectTypes.ScalarFunction or ObjectTypes.ClrScalarFunction or ObjectTypes.ClrAggregate })
        {
            Require(read, "EXECUTE", isUnchained);
        }
        else if (read is SequenceDefinition)
        {
            Require(read, "UPDATE", isUnchained);
        }
        else
        {
            RequireColumns(read, "SELECT", access.UsedColumns(read.ObjectId), isUnchained);
        }
    }

    private bool IsExempt(CatalogObject named, bool isUnchained) =>
        named is TableDefinition { Storage: not TableStorageKind.Durable }
        || TemporaryNames.IsGlobal(named.Name)
        || (named.DatabaseId == _session.DatabaseId
            ? _access.IsUnlimited || (!isUnchained && _chainOwner is { } owner && _session.Catalog.SchemaOwner(named.SchemaId) == owner)
            : !isUnchained && _chainOwner is { } other && IsChained(_session.Catalog, other, _session.CatalogOf(named), named));

    /// <summary>An ownership chain crosses to another database only where both have DB_CHAINING on and the owners are the same login: dbo's.</summary>
    internal static bool IsChained(CatalogSnapshot from, int owner, CatalogSnapshot to, CatalogObject named) =>
        from.DatabaseOptions.GetValueOrDefault("DB_CHAINING") is "ON" && to.DatabaseOptions.GetValueOrDefault("DB_CHAINING") is "ON"
        && LoginOf(from, owner) is { } login && string.Equals(login, to.SchemaOwner(named.SchemaId) is { } other ? LoginOf(to, other) : null, StringComparison.OrdinalIgnoreCase);

    private static string? LoginOf(CatalogSnapshot catalog, int principalId) =>
        principalId == InitialCatalog.DboId ? "sa" : catalog.Principals.GetValueOrDefault(principalId) is { Type: not 'R' } user ? user.LoginName ?? user.Name : null;

    private PrincipalAccess AccessTo(CatalogObject named) => named.DatabaseId == _session.DatabaseId ? _access : PrincipalAccess.Of(_session, named);

    private SqlErrorException Refuse(CatalogObject named, string permission) =>
        SqlErrors.CreateWithState(229, 5, permission, named.Name, _session.CatalogOf(named).DatabaseName, SchemaOf(named));

    private string SchemaOf(CatalogObject named) => _session.CatalogOf(named).SchemaName(named.SchemaId) ?? "dbo";

    private static int ColumnId(CatalogObject named, string column) => named switch
    {
        TableDefinition table => table.FindColumn(column) is >= 0 and int ordinal ? table.Columns[ordinal].ColumnId : 0,
        ModuleDefinition module => module.Columns.Select(c => c.Name).ToList().FindIndex(n => n.Equals(column, StringComparison.OrdinalIgnoreCase)) + 1,
        _ => 0,
    };

    private static int? OwnerOfModule(CatalogSnapshot catalog, Routine routine) =>
        catalog.Find(routine.ObjectId) is { } module ? catalog.SchemaOwner(module.SchemaId) : null;
}
