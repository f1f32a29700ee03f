using System.Globalization;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>CREATE TYPE, sequences, synonyms, ALTER SCHEMA TRANSFER.</summary>
internal sealed partial class DdlExecutor
{
    private const int FirstUserTypeId = 257;

    private void CreateType(CreateTypeStatement statement)
    {
        CheckDatabase(statement.Name, "type");
        SchemaDefinition schema = TargetSchema(statement.Name);
        string name = statement.Name.Name;
        TableBuilder.CheckName(name);
        if (Catalog.FindType(schema.Name, name) is not null || Catalog.FindXmlCollection(schema.Name, name) is not null || SystemTypes.Find(name) is not null)
        {
            throw SqlErrors.Create(219, statement.Name.ToString());
        }

        int id = Catalog.TypesById.Keys.DefaultIfEmpty(FirstUserTypeId - 1).Max() + 1;
        if (statement.Table is { } syntax)
        {
            int objectId = _editor.NextObjectId();
            TableDefinition table = TableBuilder.BuildShape(
                _session, syntax, string.Create(CultureInfo.InvariantCulture, $"TT_{name}_{objectId:X8}"), objectId, TableStorageKind.Durable, _editor.NextObjectId);
            _editor.Put(new TypeDefinition
            {
                UserTypeId = id,
                SchemaId = schema.SchemaId,
                Name = name,
                IsNullable = false,
                Table = table with { SchemaId = InitialCatalog.SysSchemaId, Storage = TableStorageKind.Variable },
            });
            return;
        }

        if (statement.External is { } external)
        {
            _editor.Put(new TypeDefinition
            {
                UserTypeId = id,
                SchemaId = schema.SchemaId,
                Name = name,
                BaseType = Clr.ClrHost.CreateType(external, id, schema.Name, name, Catalog),
                Clr = external,
            });
            return;
        }

        ResolvedType resolved = TypeResolver.Resolve(statement.BaseType!, Catalog, new TypeUse("type", null, 1));
        if (resolved.Type.Id == SqlTypeId.Vector)
        {
            throw SqlErrors.Create(42212);
        }

        if (resolved.UserTypeId >= FirstUserTypeId)
        {
            throw SqlErrors.Create(222, statement.BaseType!.Name.ToString());
        }

        if (resolved.Type.Id is SqlTypeId.Json or SqlTypeId.Xml or SqlTypeId.RowVersion or SqlTypeId.Cursor or SqlTypeId.Table)
        {
            throw SqlErrors.Create(15036, statement.BaseType!.Name.ToString());
        }

        _editor.Put(new TypeDefinition
        {
            UserTypeId = id,
            SchemaId = schema.SchemaId,
            Name = name,
            BaseType = resolved.Type,
            IsNullable = statement.IsNullable ?? resolved.IsNullable ?? true,
        });
    }

    private void CreateOrAlterSequence(SequenceStatement statement)
    {
        CheckDatabase(statement.Name, "sequence");
        SequenceDefinition? existing = null;
        SchemaDefinition schema = TargetSchema(statement.Name);
        if (statement.IsAlter)
        {
            existing = FindObject(statement.Name) as SequenceDefinition ?? throw SqlErrors.Create(15151, "alter", "sequence", statement.Name.ToString());
            if (statement.Type is not null)
            {
                throw SqlErrors.Create(11711, "AS", "ALTER SEQUENCE");
            }

            if (statement.Start is not null)
            {
                throw SqlErrors.Create(11711, "START WITH", "ALTER SEQUENCE");
            }
        }
        else
        {
            RequireFree(schema, statement.Name.Name);
        }

        string name = statement.Name.ToString();
        SqlType type = existing?.DataType ?? (statement.Type is null ? SqlType.BigInt : TypeResolver.Resolve(statement.Type, Catalog, new TypeUse("type", null, 1)).Type);
        if (!TableBuilder.IsIntegral(type))
        {
            throw SqlErrors.Create(11702, name);
        }

        (decimal lowest, decimal highest) = TableBuilder.IntegralRange(type);
        decimal Value(Expression? expression, string argument, decimal fallback)
        {
            if (expression is null)
            {
                return fallback;
            }

            decimal value = Number(expression) ?? throw SqlErrors.Create(11708, argument);
            return value >= lowest && value <= highest && value == decimal.Truncate(value) ? value : throw SqlErrors.Create(11708, argument);
        }

        decimal increment = Value(statement.Increment, "INCREMENT BY", existing?.Increment ?? 1);
        decimal minimum = statement.NoMinValue ? lowest : Value(statement.MinValue, "MINVALUE", existing?.Minimum ?? lowest);
        decimal maximum = statement.NoMaxValue ? highest : Value(statement.MaxValue, "MAXVALUE", existing?.Maximum ?? highest);
        if (increment == 0)
        {
            throw SqlErrors.Create(11700, name);
        }

        if (minimum >= maximum)
        {
            throw SqlErrors.Create(11705, name);
        }

        if (Math.Abs(increment) > maximum - minimum)
        {
            throw SqlErrors.Create(11701, name);
        }

        if (statement.CacheSize == 0)
        {
            throw SqlErrors.Create(11706, name);
        }

        decimal start = existing?.Start ?? Value(statement.Start, "START WITH", increment > 0 ? minimum : maximum);
        decimal? restart = statement.Restart ? Value(statement.RestartWith, "RESTART WITH", start) : null;
        if ((restart ?? start) < minimum || (restart ?? start) > maximum)
        {
            throw statement.IsAlter && restart is null
                ? SqlErrors.Create(11704, start.ToString(CultureInfo.InvariantCulture), name)
                : SqlErrors.Create(11703, name);
        }

        var sequence = new SequenceDefinition
        {
            ObjectId = existing?.ObjectId ?? _editor.NextObjectId(),
            SchemaId = existing?.SchemaId ?? schema.SchemaId,
            Name = existing?.Name ?? statement.Name.Name,
            Type = ObjectTypes.Sequence,
            CreateDate = existing?.CreateDate ?? _editor.Now,
            ModifyDate = _editor.Now,
            DataType = type,
            Start = restart ?? start,
            Increment = increment,
            Minimum = minimum,
            Maximum = maximum,
            IsCycling = statement.Cycle ?? existing?.IsCycling ?? false,
            CacheSize = statement.CacheSize is { } cache ? Math.Max(cache, 0) : existing?.CacheSize ?? SequenceStatement.DefaultCache,
        };
        _editor.Put(sequence);
        if (restart is not null)
        {
            _session.RestartSequence(sequence);
        }
    }

    /// <summary>A signed number as DDL writes it; null for anything else.</summary>
    private static decimal? Number(Expression expression) => expression switch
    {
        LiteralExpression { Kind: LiteralKind.Integer or LiteralKind.Decimal } literal
            when decimal.TryParse(literal.Text, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal value) => value,
        UnaryExpression { Operator: UnaryOperator.Minus } unary => -Number(unary.Operand),
        UnaryExpression { Operator: UnaryOperator.Plus } unary => Number(unary.Operand),
        _ => null,
    };

    private void CreateSynonym(CreateSynonymStatement statement)
    {
        CheckDatabase(statement.Name, "synonym");
        SchemaDefinition schema = TargetSchema(statement.Name);
        RequireFree(schema, statement.Name.Name);
        _editor.Put(new SynonymDefinition
        {
            ObjectId = _editor.NextObjectId(),
            SchemaId = schema.SchemaId,
            Name = statement.Name.Name,
            Type = ObjectTypes.Synonym,
            CreateDate = _editor.Now,
            ModifyDate = _editor.Now,
            BaseObjectName = string.Join('.', statement.Target.Parts.Select(SyntaxText.Quote)),
        });
    }

    private void TransferObject(AlterSchemaStatement statement)
    {
        if (!Catalog.SchemasByName.TryGetValue(statement.Name, out SchemaDefinition? schema))
        {
            throw SqlErrors.Create(15151, "alter", "schema", statement.Name);
        }

        if (statement.Class.Equals("TYPE", StringComparison.OrdinalIgnoreCase))
        {
            TypeDefinition type = Catalog.FindType(statement.Object.Schema ?? _session.DefaultSchema, statement.Object.Name)
                ?? throw SqlErrors.Create(15151, "find", "type", statement.Object.ToString());
            if (Catalog.FindType(schema.Name, type.Name) is not null)
            {
                throw SqlErrors.Create(15530, "type", type.Name);
            }

            _editor.Put(type with { SchemaId = schema.SchemaId });
            return;
        }

        if (statement.Class.Equals("XML SCHEMA COLLECTION", StringComparison.OrdinalIgnoreCase))
        {
            TransferXmlCollection(statement.Object, schema);
            return;
        }

        if (!statement.Class.Equals("OBJECT", StringComparison.OrdinalIgnoreCase))
        {
            throw SqlErrors.NotSupported($"ALTER SCHEMA ... TRANSFER {statement.Class}");
        }

        CatalogObject value = FindObject(statement.Object) ?? throw SqlErrors.Create(15151, "find", "object", statement.Object.Name);
        if (value.Type == ObjectTypes.Trigger)
        {
            throw SqlErrors.Create(15347);
        }

        if (Catalog.Find(schema.Name, value.Name) is { } taken && taken.ObjectId != value.ObjectId)
        {
            throw SqlErrors.Create(15530, "object", value.Name);
        }

        if (BoundDependent(value.ObjectId) is not null)
        {
            throw SqlErrors.Create(15348);
        }

        foreach (ModuleDefinition trigger in Catalog.TriggersOn(value.ObjectId).ToList())
        {
            _editor.Put(trigger with { SchemaId = schema.SchemaId, ModifyDate = _editor.Now });
        }

        _editor.Put(value with { SchemaId = schema.SchemaId, ModifyDate = _editor.Now });
    }
}
