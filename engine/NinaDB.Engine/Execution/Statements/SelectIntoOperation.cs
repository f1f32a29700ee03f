using NinaDB.Engine.Binding;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>SELECT ... INTO: makes a table with the columns of the query and fills it.</summary>
internal sealed class SelectIntoOperation(SelectStatement statement) : CompiledOperation<SelectUnit>, IDataChange
{
    public override StatementKind StatementKind => StatementKind.Insert;

    public override bool IsPlanned => true;

    protected override SelectUnit Compile(UnitCompiler compiler)
    {
        QueryBinder.RefuseFor(statement.Query, "SELECT INTO");
        compiler.Context.FillsNewTable = true;
        return new(QueryCompiler.Compile(statement, compiler.Context));
    }

    public override int Execute(BatchExecution run, Frame frame)
    {
        EngineSession session = run.Session;
        session.RefreshCatalog();
        ObjectName into = Prepare(run, frame).Query.Into!;
        bool isTemporary = TemporaryNames.IsLocal(into.Name);
        StatementScope scope = session.BeginWriteStatement(isTemporary ? StoreUse.Temporary : StoreUse.Durable | StoreUse.Temporary, isAtomic: false, run.Cancellation);
        long count = 0;
        SelectUnit unit;
        ExecutionContext context;
        bool holdsRead = false;
        try
        {
            unit = Prepare(run, frame);
            if (unit.ReadsStore)
            {
                session.BeginRead();
                holdsRead = true;
            }

            context = ContextFor(run, frame, unit);
            run.BeginCompiling();
            if ((isTemporary || TemporaryNames.IsGlobal(into.Name)) && unit.Query.Columns.FirstOrDefault(c => c.Type.UdtFacts is not null) is { Type.Name: var typeName })
            {
                throw SqlErrors.Aborting(SqlErrors.Create(6220, typeName));
            }

            CreateTableStatement definition = Definition(unit.Query, into, Numbered(statement.Query));
            run.EndCompiling();
            DdlExecutor.Execute(definition, session, run.ContextFor(frame, 0));
            TableDefinition table = isTemporary
                ? session.Temporary.Find(into.Name)!
                : new UnitCompiler(session, frame.Routine).FindObject(into) as TableDefinition ?? throw SqlErrors.Create(208, into);
            count = Fill(run, unit.Query, context, table);
        }
        catch
        {
            if (holdsRead)
            {
                session.EndRead();
            }

            session.FailStatement(scope);
            throw;
        }

        if (holdsRead)
        {
            session.EndRead();
        }

        session.CompleteStatement(scope);
        session.RowCount = count;
        run.WarnOfNulls(context);
        if (!session.Options.NoCount)
        {
            run.SendDone(count);
        }

        return Next;
    }

    private static long Fill(BatchExecution run, CompiledQuery query, ExecutionContext context, TableDefinition table)
    {
        TableWriter writer = TableWriter.For(run.Session, table);
        using RowChanges changes = writer.Begin(run, table, DmlKind.Insert);
        var given = new bool[table.Columns.Length];
        Array.Fill(given, true);
        var row = new SqlValue[given.Length];
        var converters = new Func<SqlValue, SqlValue>?[row.Length];
        for (int i = 0; i < row.Length; i++)
        {
            converters[i] = SqlConvert.GetConverter(query.Columns[i].Type, table.Columns[i].Type);
        }

        long limit = run.Session.Options.RowCountLimit is > 0 and var value ? value : long.MaxValue;
        using RowIterator iterator = query.Root.Open(context);
        while (changes.Count < limit && iterator.MoveNext())
        {
            for (int i = 0; i < row.Length; i++)
            {
                SqlValue cell = context.Registers[query.Columns[i].Register];
                row[i] = converters[i] is { } convert ? convert(cell) : cell;
            }

            changes.Insert(row, given);
            if ((changes.Count & 0xFF) == 0)
            {
                context.ThrowIfCancelled();
            }
        }

        return changes.Count;
    }

    /// <summary>Columns that IDENTITY(...) fills, by name.</summary>
    private static Dictionary<string, (decimal, decimal)> Numbered(QueryExpression query)
    {
        var numbered = new Dictionary<string, (decimal, decimal)>(StringComparer.OrdinalIgnoreCase);
        foreach (ExpressionItem item in (query as SelectQuery)?.Items.OfType<ExpressionItem>() ?? [])
        {
            if (item.Alias is not null && ExpressionBinder.IdentityOf(item.Expression) is { } identity)
            {
                numbered[item.Alias] = identity;
            }
        }

        return numbered;
    }

    private static CreateTableStatement Definition(CompiledQuery query, ObjectName into, Dictionary<string, (decimal, decimal)> numbered) => new()
    {
        Name = into,
        Line = into.Line,
        Definition = new TableDefinitionSyntax
        {
            Columns = [.. query.Columns.Select((column, i) => new ColumnDefinitionSyntax
            {
                Name = column.Name.Length > 0 ? column.Name : throw SqlErrors.CreateWithState(1038, 5),
                Type = TypeSyntax(column.Type),
                IsNullable = column.IsNullable && !numbered.ContainsKey(column.Name),
                Identity = numbered.TryGetValue(column.Name, out (decimal, decimal) own) ? own : InheritedIdentity(query, column),
            })],
        },
    };

    private static (decimal Seed, decimal Increment)? InheritedIdentity(CompiledQuery query, OutputColumn column) =>
        column is { IsIdentity: true, InheritsIdentity: true, Source.Identity: { } identity } && query.Columns.Count(c => c.Source == column.Source) == 1
            ? (identity.Seed, identity.Increment)
            : null;

    /// <summary>A type as DDL would write it.</summary>
    private static DataTypeSyntax TypeSyntax(SqlType type)
    {
        (string name, IReadOnlyList<int> arguments) = type.Id switch
        {
            SqlTypeId.Null => ("int", []),
            SqlTypeId.RowVersion => ("rowversion", []),
            SqlTypeId.Decimal or SqlTypeId.Numeric => (type.Name, [type.Precision, type.Scale]),
            SqlTypeId.Time or SqlTypeId.DateTime2 or SqlTypeId.DateTimeOffset => (type.Name, [type.Scale]),
            SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.NChar or SqlTypeId.NVarChar or SqlTypeId.Binary or SqlTypeId.VarBinary =>
                (type.Name, [type.Length == 0 ? 1 : type.Length]),
            SqlTypeId.Vector => ("vector", [type.Length]),
            _ => (type.Name, (IReadOnlyList<int>)[]),
        };
        return new DataTypeSyntax
        {
            Name = new ObjectName { Parts = type.UdtFacts is { } facts ? [facts.Schema, facts.Name] : [name] },
            Arguments = arguments,
            BaseType = type is { Id: SqlTypeId.Vector, IsHalfPrecision: true } ? "float16" : null,
            Collation = type.Collation?.Name,
        };
    }
}
