using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Storage;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Session;

/// <summary>What the system functions (ERROR_NUMBER, @@NESTLEVEL, SCOPE_IDENTITY, SESSION_CONTEXT ...) ask a session.</summary>
public sealed partial class EngineSession
{
    /// <summary>The database this session is connected to.</summary>
    public Database Database { get; private set; } = null!;

    /// <summary>The store connection that holds a table's rows.</summary>
    internal IStoreConnection StoreFor(TableDefinition table) => table.Storage == TableStorageKind.Durable ? Store : TemporaryStore;

    /// <summary>The error that the innermost running CATCH block handles (ERROR_NUMBER() and the others); null outside CATCH.</summary>
    internal SqlError? CaughtError => _caught.Count == 0 ? null : _caught[^1];

    private readonly List<SqlError> _caught = [];

    /// <summary>XACT_STATE(): 1 in a transaction, -1 in a doomed one, 0 outside.</summary>
    internal int TransactionState => TransactionCount == 0 ? 0 : IsDoomed ? -1 : 1;

    /// <summary>An error has made the transaction uncommittable.</summary>
    internal bool IsDoomed { get; private set; }

    /// <summary>@@PROCID: object id of the running module; 0 in a batch.</summary>
    internal int ModuleId { get; set; }

    /// <summary>SCOPE_IDENTITY().</summary>
    internal decimal? ScopeIdentity { get; set; }

    /// <summary>@@FETCH_STATUS.</summary>
    internal int FetchStatus { get; set; }

    /// <summary>@@CURSOR_ROWS of the cursor opened last.</summary>
    internal int CursorRows { get; set; }

    /// <summary>TRIGGER_NESTLEVEL().</summary>
    internal int TriggerNestingLevel { get; set; }

    /// <summary>Columns that the statement which fired the running trigger names (UPDATE(column), COLUMNS_UPDATED()); null outside triggers.</summary>
    internal TriggerInfo? Trigger { get; set; }

    /// <summary>EVENTDATA(): what fired the running DDL trigger, as XML; null outside of one.</summary>
    internal string? EventData { get; set; }

    private readonly Stack<Impersonation> _impersonated = new();

    /// <summary>How many EXECUTE AS are in force.</summary>
    internal int ImpersonationDepth => _impersonated.Count;

    /// <summary>EXECUTE AS: acts as another principal until <see cref="Revert"/>.</summary>
    /// <param name="cookie">What REVERT must show; null when it needs nothing.</param>
    /// <param name="isUser">EXECUTE AS USER, which counts in the current database alone.</param>
    internal void Impersonate(int principalId, byte[]? cookie = null, bool noRevert = false, string? login = null, bool isUser = false)
    {
        _impersonated.Push(new Impersonation(PrincipalId, cookie, noRevert, DatabaseId, login, isUser));
        PrincipalId = principalId;
    }

    /// <summary>EXECUTE AS CALLER: nobody else, but REVERT ends it.</summary>
    internal void ImpersonateCaller() =>
        _impersonated.Push(_impersonated.TryPeek(out Impersonation last)
            ? last with { PrincipalId = PrincipalId, Cookie = null, NoRevert = false, DatabaseId = DatabaseId }
            : new Impersonation(PrincipalId, null, false, DatabaseId, null, false));

    /// <summary>REVERT: back to who the session was before the last EXECUTE AS; nothing happens when the running module has done none. Errors 15589 and 15591.</summary>
    /// <param name="floor">Depth at which the running module began.</param>
    internal void Revert(int floor, byte[]? cookie)
    {
        if (_impersonated.Count <= floor)
        {
            return;
        }

        Impersonation last = _impersonated.Peek();
        if (last.DatabaseId != DatabaseId)
        {
            throw SqlErrors.Create(15199);
        }

        if (last.NoRevert || (last.Cookie is null) != (cookie is null))
        {
            throw SqlErrors.Create(15591);
        }

        if (cookie is not null && !System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(cookie, last.Cookie))
        {
            throw SqlErrors.Create(15589);
        }

        _impersonated.Pop();
        PrincipalId = last.PrincipalId;
    }

    /// <summary>Forgets what a module that ends has switched to.</summary>
    internal void TrimImpersonation(int depth)
    {
        while (_impersonated.Count > depth)
        {
            _impersonated.Pop();
        }
    }

    /// <param name="PrincipalId">Who the session was before.</param>
    /// <param name="DatabaseId">Where EXECUTE AS was called: REVERT works there only.</param>
    /// <param name="Login">Of EXECUTE AS LOGIN, which is known in every database; null for EXECUTE AS USER.</param>
    private readonly record struct Impersonation(int PrincipalId, byte[]? Cookie, bool NoRevert, int DatabaseId, string? Login, bool IsUser);

    /// <summary>Table by object id, temp tables included.</summary>
    internal TableDefinition? FindTable(int objectId) => Temporary.Find(objectId) ?? Catalog.Find<TableDefinition>(objectId) ?? Server.Find<TableDefinition>(objectId);

    /// <summary>A table as error messages name it: [database.]schema.table.</summary>
    internal string DescribeTable(TableDefinition table, bool withDatabase) => table.Storage switch
    {
        TableStorageKind.Variable => table.Name,
        TableStorageKind.Temporary => withDatabase ? "tempdb.dbo." + table.Name : table.Name,
        _ => withDatabase ? $"{CatalogOf(table).DatabaseName}.{CatalogOf(table).QualifiedName(table)}" : CatalogOf(table).QualifiedName(table),
    };

    private readonly System.Runtime.CompilerServices.ConditionalWeakTable<TableDefinition, TableAccess> _access = [];

    /// <summary>This session's access to a table's rows, made once a definition.</summary>
    internal TableAccess AccessTo(TableDefinition table, Func<TableAccessOptions> options)
    {
        if (!_access.TryGetValue(table, out TableAccess? access))
        {
            access = new TableAccess(table, StoreFor(table), options());
            _access.Add(table, access);
        }

        return access;
    }

    /// <summary>The transaction was begun WITH MARK.</summary>
    internal bool IsTransactionMarked { get; set; }

    /// <summary>What the changing statement inside an INSERT has put out.</summary>
    internal IReadOnlyList<SqlValue[]> NestedRows { get; set; } = [];

    /// <summary>Table on which SET IDENTITY_INSERT is ON; 0 for none.</summary>
    internal int IdentityInsertTableId { get; set; }
}

/// <summary>What a trigger knows of the statement that fired it.</summary>
/// <param name="Table">Table or view it stands on.</param>
/// <param name="UpdatedColumns">Ordinals of the columns that UPDATE set, or that INSERT filled (all of them); empty for DELETE.</param>
/// <param name="Action">INSERT, UPDATE or DELETE.</param>
internal sealed record TriggerInfo(CatalogObject Table, IReadOnlySet<int> UpdatedColumns, string Action)
{
    public int TriggerId { get; init; }
}
