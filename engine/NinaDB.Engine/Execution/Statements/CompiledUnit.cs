using System.Collections.Immutable;
using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Planning;
using NinaDB.Engine.Security;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>What an operation has compiled, and when it may be used again.</summary>
internal abstract class CompiledUnit
{
    private long _catalogVersion;
    private long _temporaryVersion;
    private long _settings;
    private int _principalId;
    private string _defaultSchema = "";
    private Dictionary<int, long>? _otherDatabases;

    /// <summary>It names something of another database: permissions are a matter of who the session is there.</summary>
    public bool IsCrossDatabase => _otherDatabases is not null;

    /// <summary>It reads masked columns, and so is good for one login and principal alone; null for everybody.</summary>
    private string? _onlyLogin;

    private SizeWatch[] _sizes = [];

    private FileStamp[] _files = [];

    /// <summary>Registers of the unit; known once everything has been compiled.</summary>
    public int RegisterCount { get; private set; }

    /// <summary>It reads tables of the database, so a run needs a snapshot.</summary>
    public bool ReadsStore { get; private set; }

    /// <summary>Inside a transaction it becomes the writer before it reads: UPDLOCK.</summary>
    public bool LocksForUpdate { get; private set; }

    /// <summary>Durable tables it reads (by object id), for the halloween check and for permissions.</summary>
    public IReadOnlySet<CatalogObject> References { get; private set; } = null!;

    /// <summary>A security predicate takes part in it.</summary>
    public bool AppliesRowSecurity { get; set; }

    /// <summary>What running it needs permissions for.</summary>
    public StatementAccess Access { get; private set; } = null!;

    private ImmutableHashSet<int> _openTo = [];

    /// <summary>The principal that ran it last, of those it is open to; 0 for none.</summary>
    private int _lastPrincipalId;

    /// <summary>Whether a principal has been found to have the permissions.</summary>
    public bool IsOpenTo(int principalId)
    {
        if (_lastPrincipalId == principalId && principalId != 0)
        {
            return true;
        }

        if (!Volatile.Read(ref _openTo).Contains(principalId))
        {
            return false;
        }

        _lastPrincipalId = principalId;
        return true;
    }

    public void OpenTo(int principalId) => ImmutableInterlocked.Update(ref _openTo, static (set, id) => set.Add(id), principalId);

    /// <summary>Fixes what it was compiled against.</summary>
    public void Seal(CompilationContext context, EngineSession session, bool usesTemporaryTables)
    {
        RegisterCount = context.RegisterCount;
        References = context.References;
        Access = context.Access;
        AppliesRowSecurity |= context.AppliesRowSecurity;
        ReadsStore = context.References.Any(r => r is TableDefinition { Storage: TableStorageKind.Durable });
        LocksForUpdate = context.LocksForUpdate;
        _otherDatabases = context.OtherDatabases;
        _catalogVersion = session.Catalog.Version;
        _temporaryVersion = usesTemporaryTables ? session.Temporary.Version : -1;
        _settings = session.Options.Meaning;
        _sizes = [.. context.Sizes];
        _files = [.. context.Files];
        (_principalId, _defaultSchema) = (session.PrincipalId, session.DefaultSchema);
        _onlyLogin = context.ReadsMaskedTable ? session.CurrentLogin : null;
    }

    /// <summary>Good for the session as it is now, and its tables are about as large as when the plan was made.</summary>
    public bool IsValid(EngineSession session) =>
        _catalogVersion == session.Catalog.Version
        && (_temporaryVersion < 0 || _temporaryVersion == session.Temporary.Version)
        && _settings == session.Options.Meaning
        && HaveSizesHeld()
        && (_files.Length == 0 || _files.All(f => f == FileStamp.Of(f.Path)))
        && (_otherDatabases is null || AreCurrent(session))
        && (_onlyLogin is null || (_principalId == session.PrincipalId && string.Equals(_onlyLogin, session.CurrentLogin, StringComparison.OrdinalIgnoreCase)))
        && (_principalId == session.PrincipalId || string.Equals(_defaultSchema, session.DefaultSchema, StringComparison.OrdinalIgnoreCase));

    private bool AreCurrent(EngineSession session)
    {
        foreach ((int id, long version) in _otherDatabases!)
        {
            if (session.Server.Find(id)?.Version != version)
            {
                return false;
            }
        }

        return true;
    }

    private bool HaveSizesHeld()
    {
        foreach (SizeWatch size in _sizes)
        {
            if (!size.Holds)
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Compiles one unit and notes what it used.</summary>
internal sealed class UnitCompiler
{
    private readonly Routine _routine;
    private bool _usesTemporaryTables;

    public UnitCompiler(EngineSession session, Routine routine)
    {
        Session = session;
        _routine = routine;
        Context = new CompilationContext(session, session.Catalog, routine.Variables)
        {
            ModuleSchema = routine.Schema,
            IsInsideModule = routine.Kind is not (RoutineKind.Batch or RoutineKind.DynamicBatch),
            IgnoresMasks = routine.Kind == RoutineKind.ScalarFunction,
            TemporaryTables = FindTemporary,
        };
        Scope = QueryCompiler.BindScopeFor(Context, []);
    }

    public EngineSession Session { get; }

    public CompilationContext Context { get; }

    public Routine Routine => _routine;

    /// <summary>A scope without tables: variables and constants only.</summary>
    public BindingScope Scope { get; }

    public T Seal<T>(T unit)
        where T : CompiledUnit
    {
        unit.Seal(Context, Session, _usesTemporaryTables);
        return unit;
    }

    /// <summary>True for a table-valued parameter, which is READONLY.</summary>
    public bool IsReadOnly(VariableInfo variable) => _routine.Parameters.Any(p => p.Variable == variable && p.IsReadOnly);

    /// <summary>An object as this routine sees its name: its own schema first, then the user's, then dbo; through a synonym.</summary>
    public CatalogObject? FindObject(ObjectName name)
    {
        CatalogObject? found = FindNamed(name);
        if (found is not SynonymDefinition synonym)
        {
            return found;
        }

        using CompilationContext.NameScope scope = Context.In(synonym.DatabaseId);
        return FindNamed(new ObjectName { Parts = Syntax.Parser.TryParseName(synonym.BaseObjectName) ?? [synonym.BaseObjectName] });
    }

    private CatalogObject? FindNamed(ObjectName name)
    {
        if (TemporaryNames.IsGlobal(name.Name))
        {
            Context.Use(Session.Server.Tempdb);
            return Session.Server.Tempdb.Find("dbo", name.Name);
        }

        if (Session.FindDatabase(name.Database) is not { } catalog)
        {
            return null;
        }

        Context.Use(catalog);
        if (name.Schema is { } schema)
        {
            return catalog.Find(schema, name.Name);
        }

        if (catalog.DatabaseId != Session.DatabaseId)
        {
            using DatabaseScope scope = Session.In(catalog.DatabaseId);
            return catalog.Find(Session.DefaultSchema, name.Name) ?? catalog.Find("dbo", name.Name);
        }

        return (_routine.Schema is null ? null : catalog.Find(_routine.Schema, name.Name)) ?? catalog.Find(Session.DefaultSchema, name.Name) ?? catalog.Find("dbo", name.Name);
    }

    public TableDefinition? FindTemporary(string name)
    {
        _usesTemporaryTables = true;
        return Session.Temporary.Find(name);
    }
}

/// <summary>An operation that compiles something at its first run and keeps it while it stays valid.</summary>
internal abstract class CompiledOperation<T> : Operation
    where T : CompiledUnit
{
    private T? _unit;

    /// <summary>Errors of a statement that row-level security filters or judges do not show values (******): they might be those of hidden rows.</summary>
    public override bool RedactsErrors => Volatile.Read(ref _unit) is { AppliesRowSecurity: true };

    /// <summary>Compiles against the session's catalog as it is now.</summary>
    protected abstract T Compile(UnitCompiler compiler);

    /// <summary>What SHOWPLAN tells of a compiled unit; null where there is nothing to tell.</summary>
    protected virtual ShownPlan? Show(T unit) => null;

    public override ShownPlan? ShowPlan(BatchExecution run, Frame frame) => IsPlanned ? Show(Prepare(run, frame)) : null;

    public override ShownPlan? CompiledPlan => Volatile.Read(ref _unit) is { } unit ? Show(unit) : null;

    /// <summary>The compiled unit for this session now.</summary>
    protected T Prepare(BatchExecution run, Frame frame)
    {
        T? unit = Volatile.Read(ref _unit);
        if (unit is not null && unit.IsValid(run.Session))
        {
            Authorize(run.Session, frame.Routine, unit);
            return unit;
        }

        run.BeginCompiling();
        unit = CompileWhole(run.Session, frame.Routine);
        run.EndCompiling();
        if (IsPlanned)
        {
            Statistics = new ExecutionStatistics((Statistics?.Generation ?? 0) + 1);
        }

        Volatile.Write(ref _unit, unit);
        Authorize(run.Session, frame.Routine, unit);
        return unit;
    }

    private T CompileWhole(EngineSession session, Routine routine)
    {
        var compiler = new UnitCompiler(session, routine);
        try
        {
            return compiler.Seal(Compile(compiler));
        }
        catch (SqlErrorException error) when (error.Error.Severity == 16 && ErrorEffects.StopsCompilation(error.Error.Number))
        {
            throw ReportAll(session, routine, error);
        }
    }

    /// <summary>Compiles once more to find everything that is wrong with the statement.</summary>
    private SqlErrorException ReportAll(EngineSession session, Routine routine, SqlErrorException first)
    {
        var report = new BindReport();
        var compiler = new UnitCompiler(session, routine);
        compiler.Context.Report = report;
        try
        {
            FindAll(compiler, report);
            Compile(compiler);
        }
        catch (SqlErrorException last)
        {
            return report.Of(first, last);
        }

        return report.Of(first, null);
    }

    /// <summary>Binds the parts of a statement in the order in which their mistakes are told, where compiling has another.</summary>
    protected virtual void FindAll(UnitCompiler compiler, BindReport report)
    {
    }

    /// <summary>Asks for the permissions of a principal once: a unit is good for one version of the catalog.</summary>
    private void Authorize(EngineSession session, Routine routine, T unit)
    {
        // What a login may do on the server reaches into the database: guests are then not all alike.
        bool isLikeOthers = session.PrincipalId == InitialCatalog.DboId || ServerAccess.Of(session).DatabaseEntries.Count == 0;
        if (isLikeOthers && unit.IsOpenTo(session.PrincipalId))
        {
            return;
        }

        var check = new PermissionCheck(session, routine);
        if (!check.IsUnlimited || unit.IsCrossDatabase)
        {
            RequirePermissions(check, unit);
        }

        if (!unit.IsCrossDatabase && isLikeOthers)
        {
            unit.OpenTo(session.PrincipalId);
        }
    }

    /// <summary>SELECT on what the statement names; statements that change rows ask for more.</summary>
    protected virtual void RequirePermissions(PermissionCheck check, T unit) => check.RequireReads(unit.Access);

    public override void Infer(EngineSession session, Routine routine, ParameterInference inference)
    {
        var compiler = new UnitCompiler(session, routine);
        compiler.Context.Inference = inference;
        Authorize(session, routine, compiler.Seal(Compile(compiler)));
    }

    public override StatementAccess? Analyze(EngineSession session, Routine routine)
    {
        var compiler = new UnitCompiler(session, routine);
        Compile(compiler);
        return compiler.Context.Access;
    }

    public override void Precompile(BatchExecution run, Frame frame) => Prepare(run, frame);

    /// <summary>Prepares with the newest catalog, and pins a snapshot when the unit reads tables. <paramref name="holdsRead"/> says that EndRead is due.</summary>
    protected T PrepareRead(BatchExecution run, Frame frame, out bool holdsRead)
    {
        EngineSession session = run.Session;
        session.RefreshCatalog();
        T unit = Prepare(run, frame);
        if (!unit.ReadsStore)
        {
            holdsRead = false;
            return unit;
        }

        if (session.Options.IsSnapshot)
        {
            SnapshotIsolation.Require(session, unit.References);
        }

        if (unit.LocksForUpdate && session.TransactionCount > 0 && !session.IsDoomed)
        {
            // There is one writer at a time: its turn is the lock on every row.
            session.EnsureWriter(run.Cancellation);
        }

        session.BeginRead();
        try
        {
            if (!unit.IsValid(session))
            {
                unit = Prepare(run, frame);
            }
        }
        catch
        {
            session.EndRead();
            throw;
        }

        holdsRead = true;
        return unit;
    }

    /// <summary>A context for one execution of a unit.</summary>
    protected static ExecutionContext ContextFor(BatchExecution run, Frame frame, T unit) => run.ContextFor(frame, unit.RegisterCount);
}
