using NinaDB.Engine.Catalog;
using NinaDB.Engine.Execution.Ddl;
using NinaDB.Engine.Session;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Functions;

/// <summary>OBJECTPROPERTY, COLUMNPROPERTY, INDEXPROPERTY, TYPEPROPERTY and the like. An unknown property is NULL, as in SQL Server.</summary>
internal static partial class BuiltinFunctions
{
    private static void AddPropertyFamily(Action<BuiltinFunction> add)
    {
        add(SessionFunction("OBJECTPROPERTY", 2, 2, SqlType.Int, [SqlType.Int, NameType], (s, a) => Int(ObjectProperty(s, a[0].AsInt32, a[1].AsString))));
        add(SessionFunction("OBJECTPROPERTYEX", 2, 2, SqlType.SqlVariant, [SqlType.Int, NameType], (s, a) => ObjectPropertyEx(s, a[0].AsInt32, a[1].AsString)));
        add(WithObjectId("COLUMNPROPERTY", 3, 3, SqlType.Int, [SqlType.Int, NameType, NameType], (s, a) => Int(ColumnProperty(s, a[0].AsInt32, a[1].AsString, a[2].AsString))));
        add(WithObjectId("INDEXPROPERTY", 3, 3, SqlType.Int, [SqlType.Int, NameType, NameType], (s, a) => Int(IndexProperty(s, a[0].AsInt32, a[1].AsString, a[2].AsString))));
        add(WithObjectId("INDEXKEY_PROPERTY", 4, 4, SqlType.Int, [SqlType.Int, SqlType.Int, SqlType.SmallInt, NameType], (s, a) =>
        {
            IndexDefinition? index = Table(s, a[0].AsInt32)?.Indexes.FirstOrDefault(i => i.IndexId == a[1].AsInt32);
            int key = a[2].AsInt32;
            if (index is null || key < 1 || key > index.KeyColumns.Length)
            {
                return SqlValue.Null;
            }

            return a[3].AsString.ToUpperInvariant() switch
            {
                "COLUMNID" => SqlValue.FromInt(index.KeyColumns[key - 1].ColumnId),
                "ISDESCENDING" => Flag(index.KeyColumns[key - 1].IsDescending),
                _ => SqlValue.Null,
            };
        }));
        add(SessionFunction("TYPEPROPERTY", 2, 2, SqlType.Int, [NameLong, NameType], (s, a) => Int(TypeProperty(s, a[0].AsString, a[1].AsString))));
        add(SessionFunction("COLLATIONPROPERTY", 2, 2, SqlType.SqlVariant, [NameType, NameType], (_, a) => CollationProperty(a[0].AsString, a[1].AsString)));
        add(SessionFunction("FILEGROUPPROPERTY", 2, 2, SqlType.Int, [NameType, NameType], (s, a) =>
            !Filegroups.All(s.Catalog).Contains(a[0].AsString, StringComparer.OrdinalIgnoreCase) ? SqlValue.Null : a[1].AsString.ToUpperInvariant() switch
            {
                "ISREADONLY" => SqlValue.FromInt(0),
                "ISUSERDEFINEDFG" => Flag(!Same(a[0].AsString, "PRIMARY")),
                "ISDEFAULT" => Flag(Same(a[0].AsString, "PRIMARY")),
                _ => SqlValue.Null,
            }));
        add(SessionFunction("ASSEMBLYPROPERTY", 2, 2, SqlType.SqlVariant, [NameType, NameType], (s, a) =>
        {
            if (!s.Catalog.Assemblies.TryGetValue(a[0].AsString, out AssemblyDefinition? assembly))
            {
                return SqlValue.Null;
            }

            string[] parts = assembly.ClrName.Split(", ");
            string Part(string name) => parts.FirstOrDefault(p => p.StartsWith(name + "=", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..] ?? "";
            return a[1].AsString.ToUpperInvariant() switch
            {
                "CLRNAME" => VariantText(assembly.ClrName),
                "SIMPLENAME" => VariantText(parts[0]),
                "CULTUREINFO" => VariantText(Part("culture")),
                "PUBLICKEY" => VariantText(Part("publickeytoken")),
                "ARCHITECTURE" => VariantText(Part("processorarchitecture")),
                "MVID" => VariantText(Clr.AssemblyInspector.Read(assembly.Content)!.Mvid.ToString().ToUpperInvariant()),
                "VERSIONMAJOR" => VariantInt(Clr.AssemblyInspector.Read(assembly.Content)!.Version.Major),
                "VERSIONMINOR" => VariantInt(Clr.AssemblyInspector.Read(assembly.Content)!.Version.Minor),
                "VERSIONBUILD" => VariantInt(Clr.AssemblyInspector.Read(assembly.Content)!.Version.Build),
                "VERSIONREVISION" => VariantInt(Clr.AssemblyInspector.Read(assembly.Content)!.Version.Revision),
                _ => SqlValue.Null,
            };
        }));

        // Undocumented, but SqlClient's and sp_help's own queries use them: precision and scale as ODBC reports them.
        add(SessionFunction("ODBCPREC", 3, 3, SqlType.Int, [SqlType.Int, SqlType.Int, SqlType.Int], (_, a) => SqlValue.FromInt(a[2].AsInt32 != 0 ? a[2].AsInt32 : IsTwoByteType(a[0].AsInt32) ? a[1].AsInt32 / 2 : a[1].AsInt32)));
        add(SessionFunction("ODBCSCALE", 2, 2, SqlType.Int, [SqlType.Int, SqlType.Int], (_, a) => HasScale(a[0].AsInt32) ? a[1] : SqlValue.Null));
        add(SessionFunction("STATS_DATE", 2, 2, SqlType.DateTime, [SqlType.Int, SqlType.Int], (s, a) =>
            s.Database.Statistics.Find(a[0].AsInt32, a[1].AsInt32) is { } statistics ? SystemViews.Value(statistics.Updated, SqlType.DateTime) : SqlValue.Null));
    }

    /// <summary>A function whose first argument, the id of an object, must be an integer already: error 8116 even for a typed NULL.</summary>
    private static BuiltinFunction WithObjectId(string name, int min, int max, SqlType result, SqlType[] arguments, Func<EngineSession, SqlValue[], SqlValue> evaluate)
    {
        BuiltinFunction function = SessionFunction(name, min, max, result, arguments, evaluate);
        return function with
        {
            Bind = b => IsNullArgument(b, 0) || (b.ArgumentTypes[0].IsExactInteger && b.ArgumentTypes[0].Id != SqlTypeId.Bit) ? function.Bind(b) : throw InvalidArgument(b, 0),
        };
    }

    private static SqlValue VariantText(string text) => SqlValue.FromVariant(SqlValue.FromString(text), SqlType.NVarChar(Math.Clamp(text.Length, 1, 4000)));

    private static SqlValue VariantInt(int value) => SqlValue.FromVariant(SqlValue.FromInt(value), SqlType.Int);

    private static int? ObjectProperty(EngineSession session, int objectId, string property)
    {
        if (ObjectNames.Find(session, objectId) is not { } found)
        {
            return null;
        }

        var table = found.Object as TableDefinition;
        var module = found.Object as ModuleDefinition;
        string type = found.Type;
        int Is(bool condition) => condition ? 1 : 0;
        bool HasTrigger(string action, bool? insteadOf) => session.Catalog.TriggersOn(objectId).Any(t => t.TriggerEvents.Contains(action) && (insteadOf is null || t.IsInsteadOf == insteadOf));
        int TriggerCount(string action) => session.Catalog.TriggersOn(objectId).Count(t => t.TriggerEvents.Contains(action));
        int FirstTrigger(string action) => session.Catalog.TriggersOn(objectId).Where(t => t.TriggerEvents.Contains(action)).Select(t => t.ObjectId).DefaultIfEmpty(0).Min();
        int? OfTable(Func<TableDefinition, bool> condition) => table is null ? null : Is(condition(table));
        int? OfTrigger(Func<ModuleDefinition, bool> condition) => type == ObjectTypes.Trigger ? Is(condition(module!)) : null;
        return property.ToUpperInvariant() switch
        {
            "BASETYPE" => null,
            "ISTABLE" => Is(type is ObjectTypes.UserTable or ObjectTypes.TableType || (table is null && type == ObjectTypes.SystemTable)),
            "ISUSERTABLE" => Is(type == ObjectTypes.UserTable),
            "ISSYSTEMTABLE" => Is(type == ObjectTypes.SystemTable),
            "ISVIEW" => Is(type == ObjectTypes.View),
            "ISPROCEDURE" => Is(type is ObjectTypes.Procedure or ObjectTypes.ClrProcedure),
            "ISEXTENDEDPROC" => 0,
            "ISTRIGGER" => Is(type == ObjectTypes.Trigger),
            "ISSCALARFUNCTION" => Is(type is ObjectTypes.ScalarFunction or ObjectTypes.ClrScalarFunction),
            "ISINLINEFUNCTION" => Is(type == ObjectTypes.InlineFunction),
            "ISTABLEFUNCTION" => Is(type is ObjectTypes.InlineFunction or ObjectTypes.TableFunction or ObjectTypes.ClrTableFunction),
            "ISCONSTRAINT" => Is(found.Constraint is not null),
            "ISPRIMARYKEY" => Is(type == ObjectTypes.PrimaryKey),
            "ISUNIQUECNST" => Is(type == ObjectTypes.Unique),
            "ISFOREIGNKEY" => Is(type == ObjectTypes.ForeignKey),
            "ISCHECKCNST" => Is(type == ObjectTypes.Check),
            "ISDEFAULTCNST" => Is(type == ObjectTypes.Default && found.Constraint is not null),
            "ISDEFAULT" => Is(found.Object is BindableDefinition { IsRule: false }),
            "ISRULE" => Is(type == ObjectTypes.Rule),
            "ISMSSHIPPED" => Is(found.IsSystem),
            "ISENCRYPTED" => module is null ? (found.Object is BindableDefinition ? 0 : null) : Is(module.IsEncrypted),
            "ISSCHEMABOUND" => module is null ? null : Is(module.IsSchemaBound),
            "ISDETERMINISTIC" => module is null ? null : Is(DeterministicModules.IsDeterministic(module, session.Catalog)),
            "ISEXECUTED" => Is(module is not null),
            "ISINDEXED" => module is { Type: ObjectTypes.View } ? Is(module.Materialized is not null) : OfTable(t => t.Indexes.Any(i => i.Kind != IndexKind.Heap)) ?? 0,
            "ISINDEXABLE" => module is { Type: ObjectTypes.View } ? Is(Execution.Ddl.IndexedViewRules.IsIndexable(session, module)) : OfTable(_ => true) ?? 0,
            "ISANSINULLSON" => module is null ? (table is null ? null : 1) : Is(module.UsesAnsiNulls),
            "ISQUOTEDIDENTON" => module is null ? (table is null ? (found.Object is BindableDefinition ? 0 : null) : 1) : Is(module.UsesQuotedIdentifier),
            "EXECISANSINULLSON" => module is null ? null : Is(module.UsesAnsiNulls),
            "EXECISQUOTEDIDENTON" => module is null ? null : Is(module.UsesQuotedIdentifier),
            "EXECISSTARTUP" => module is null ? null : 0,
            "EXECISTRIGGERDISABLED" => OfTrigger(t => t.IsDisabled),
            "EXECISINSTEADOFTRIGGER" => OfTrigger(t => t.IsInsteadOf),
            "EXECISAFTERTRIGGER" => OfTrigger(t => !t.IsInsteadOf),
            "EXECISINSERTTRIGGER" => OfTrigger(t => t.TriggerEvents.Contains("INSERT")),
            "EXECISUPDATETRIGGER" => OfTrigger(t => t.TriggerEvents.Contains("UPDATE")),
            "EXECISDELETETRIGGER" => OfTrigger(t => t.TriggerEvents.Contains("DELETE")),
            "EXECISFIRSTINSERTTRIGGER" => OfTrigger(t => t.FirstFor.Contains("INSERT")),
            "EXECISLASTINSERTTRIGGER" => OfTrigger(t => t.LastFor.Contains("INSERT")),
            "EXECISFIRSTUPDATETRIGGER" => OfTrigger(t => t.FirstFor.Contains("UPDATE")),
            "EXECISLASTUPDATETRIGGER" => OfTrigger(t => t.LastFor.Contains("UPDATE")),
            "EXECISFIRSTDELETETRIGGER" => OfTrigger(t => t.FirstFor.Contains("DELETE")),
            "EXECISLASTDELETETRIGGER" => OfTrigger(t => t.LastFor.Contains("DELETE")),
            "OWNERID" => 1,
            "SCHEMAID" => found.SchemaId,
            "CARDINALITY" => table is null ? null : (int)Math.Min(int.MaxValue, SystemViews.Rows(session, table)),
            "TABLEHASPRIMARYKEY" => OfTable(t => t.Indexes.Any(i => i.IsPrimaryKey)),
            "TABLEHASIDENTITY" => OfTable(t => t.Columns.Any(c => c.Identity is not null)),
            "TABLEHASINDEX" => OfTable(t => t.Indexes.Any(i => i.Kind != IndexKind.Heap)),
            "TABLEHASCLUSTINDEX" => OfTable(t => t.Indexes.Any(i => i.Kind == IndexKind.Clustered)),
            "TABLEHASNONCLUSTINDEX" => OfTable(t => t.Indexes.Any(i => i.Kind == IndexKind.NonClustered)),
            "TABLEHASUNIQUECNST" => OfTable(t => t.Indexes.Any(i => i.IsUniqueConstraint)),
            "TABLEHASFOREIGNKEY" => OfTable(t => t.ForeignKeys.Length > 0),
            "TABLEHASFOREIGNREF" => OfTable(t => session.Catalog.ForeignKeysReferencing(t.ObjectId).Count > 0),
            "TABLEHASCHECKCNST" => OfTable(t => t.Checks.Length > 0),
            "TABLEHASDEFAULTCNST" => OfTable(t => t.Columns.Any(c => c.Default is not null)),
            "TABLEHASROWGUIDCOL" => OfTable(t => t.Columns.Any(c => c.IsRowGuid)),
            "TABLEHASTIMESTAMP" => OfTable(t => t.Columns.Any(c => c.Type.Id == SqlTypeId.RowVersion)),
            "TABLEHASTEXTIMAGE" => OfTable(t => t.Columns.Any(c => c.Type.IsLegacyLob)),
            "TABLEHASINSERTTRIGGER" => OfTable(_ => HasTrigger("INSERT", null)),
            "TABLEHASUPDATETRIGGER" => OfTable(_ => HasTrigger("UPDATE", null)),
            "TABLEHASDELETETRIGGER" => OfTable(_ => HasTrigger("DELETE", null)),
            "TABLEINSERTTRIGGERCOUNT" => table is null ? null : TriggerCount("INSERT"),
            "TABLEUPDATETRIGGERCOUNT" => table is null ? null : TriggerCount("UPDATE"),
            "TABLEDELETETRIGGERCOUNT" => table is null ? null : TriggerCount("DELETE"),
            "TABLEINSERTTRIGGER" => table is null ? null : FirstTrigger("INSERT"),
            "TABLEUPDATETRIGGER" => table is null ? null : FirstTrigger("UPDATE"),
            "TABLEDELETETRIGGER" => table is null ? null : FirstTrigger("DELETE"),
            "TABLEHASCOLUMNSET" => OfTable(_ => false),
            "TABLETEXTINROWLIMIT" => OfTable(_ => false),
            "TABLEREPLICATED" or "TABLEISREPLICATED" => OfTable(_ => false),
            "HASINSERTTRIGGER" => Is(HasTrigger("INSERT", null)),
            "HASUPDATETRIGGER" => Is(HasTrigger("UPDATE", null)),
            "HASDELETETRIGGER" => Is(HasTrigger("DELETE", null)),
            "HASAFTERTRIGGER" => Is(session.Catalog.TriggersOn(objectId).Any(t => !t.IsInsteadOf)),
            "HASINSTEADOFTRIGGER" => Is(session.Catalog.TriggersOn(objectId).Any(t => t.IsInsteadOf)),
            "TABLETEMPORALTYPE" => table is null ? null : table.Versioning is not null ? 2 : table.HistoryOf != 0 ? 1 : 0,
            "TABLEISFAKE" or "TABLEISLOCKEDONBULKLOAD" or "TABLEISPINNED" or "TABLEFULLTEXTCATALOGID" or "TABLEHASACTIVEFULLTEXTINDEX" or "TABLEISMEMORYOPTIMIZED" => OfTable(_ => false),
            "TABLEHASVARDECIMALSTORAGEFORMAT" => OfTable(_ => false),
            "CNSTISCLUSTKEY" => found.Constraint is { } key ? Is(key.Table.Indexes.Any(i => i.ConstraintObjectId == objectId && i.Kind == IndexKind.Clustered)) : null,
            "CNSTISNONCLUSTKEY" => found.Constraint is { } other ? Is(other.Table.Indexes.Any(i => i.ConstraintObjectId == objectId && i.Kind == IndexKind.NonClustered)) : null,
            "CNSTISCOLUMN" => found.Constraint is { } own ? Is(own.Type == ObjectTypes.Default || own.Table.Checks.Any(c => c.ObjectId == objectId && c.ParentColumnId != 0)) : null,
            "CNSTISDELETECASCADE" => ForeignKey(found)?.OnDelete is { } action ? Is(action == Syntax.Ast.ReferentialAction.Cascade) : null,
            "CNSTISUPDATECASCADE" => ForeignKey(found)?.OnUpdate is { } update ? Is(update == Syntax.Ast.ReferentialAction.Cascade) : null,
            "CNSTISDISABLED" => found.Constraint is null ? null : Is(ForeignKey(found)?.IsDisabled ?? Check(found)?.IsDisabled ?? Connection(found)?.IsDisabled ?? false),
            "CNSTISNOTTRUSTED" => found.Constraint is null ? null : Is(ForeignKey(found)?.IsNotTrusted ?? Check(found)?.IsNotTrusted ?? Connection(found)?.IsNotTrusted ?? false),
            "CNSTISNOTREPL" => found.Constraint is null ? null : 0,
            _ => null,
        };
    }

    private static ForeignKeyDefinition? ForeignKey(ObjectEntry entry) => entry.Constraint?.Table.ForeignKeys.FirstOrDefault(k => k.ObjectId == entry.ObjectId);

    private static EdgeConstraintDefinition? Connection(ObjectEntry entry) => entry.Constraint?.Table.EdgeConstraints.FirstOrDefault(c => c.ObjectId == entry.ObjectId);

    private static CheckDefinition? Check(ObjectEntry entry) => entry.Constraint?.Table.Checks.FirstOrDefault(c => c.ObjectId == entry.ObjectId);

    private static SqlValue ObjectPropertyEx(EngineSession session, int objectId, string property)
    {
        if (property.Equals("BaseType", StringComparison.OrdinalIgnoreCase))
        {
            ObjectEntry? found = ObjectNames.Find(session, objectId);
            if (found?.Type == ObjectTypes.Synonym && session.Catalog.Find<SynonymDefinition>(objectId) is { } synonym && Syntax.Parser.TryParseName(synonym.BaseObjectName) is { Count: > 0 } parts)
            {
                found = parts.Count <= 2 || parts[^3].Length == 0 ? ObjectNames.Find(session, parts.Count > 1 && parts[^2].Length > 0 ? parts[^2] : null, parts[^1]) : null;
            }

            return found is null ? SqlValue.Null : SqlValue.FromVariant(SqlValue.FromString(found.Type, SqlTypeId.Char), SqlType.Char(2));
        }

        return ObjectProperty(session, objectId, property) is { } value ? VariantInt(value) : SqlValue.Null;
    }

    private static int? ColumnProperty(EngineSession session, int objectId, string name, string property)
    {
        if (session.Catalog.Find<ModuleDefinition>(objectId) is { } module && name.StartsWith('@'))
        {
            return module.Parameters.FirstOrDefault(p => Same(p.Name, name)) is not { } parameter ? null : property.ToUpperInvariant() switch
            {
                "PRECISION" => Precision(parameter.Type),
                "SCALE" => Scale(parameter.Type),
                "ISOUTPARAM" => parameter.IsOutput ? 1 : 0,
                "ALLOWSNULL" => 1,
                _ => null,
            };
        }

        if (Columns(session, objectId)?.FirstOrDefault(c => Same(c.Name, name)) is not { } column)
        {
            return null;
        }

        int Is(bool condition) => condition ? 1 : 0;
        TableDefinition? table = Table(session, objectId);
        return property.ToUpperInvariant() switch
        {
            "ALLOWSNULL" => Is(column.IsNullable),
            "COLUMNID" => column.ColumnId,
            "ORDINAL" => table is null ? column.ColumnId : table.OrdinalOf(column.ColumnId) + 1,
            "ISIDENTITY" => Is(column.Identity is not null),
            "ISIDNOTFORREPL" => 0,
            "ISCOMPUTED" => Is(column.IsComputed),
            "ISROWGUIDCOL" => Is(column.IsRowGuid),
            "ISSPARSE" => Is(column.IsSparse),
            "ISMASKED" => Is(column.MaskFunction is not null),
            "ISCOLUMNSET" => 0,
            "ISHIDDEN" => Is(column.IsHidden),
            "ISFILESTREAM" => Is(column.IsFileStream),
            "ISXMLINDEXABLE" => Is(column.Type.Id == SqlTypeId.Xml),
            "ISFULLTEXTINDEXED" or "ISCURSORTYPE" => 0,
            "ISINDEXABLE" => Is(TableBuilder.IsKeyType(column.Type)),
            "ISDETERMINISTIC" => column.ComputedText is { } text ? Is(DdlExpressions.IsDeterministic(DdlExpressions.Parse(text), session.Catalog)) : null,
            "ISPRECISE" => column.IsComputed ? Is(!column.Type.IsApproximate) : null,
            "USESANSITRIM" => column.Type.IsString || column.Type.IsBinary ? column.IsAnsiPadded ? 1 : 0 : null,
            "GENERATEDALWAYSTYPE" => column.GeneratedAlways,
            "CHARMAXLEN" => column.Type.IsString ? column.Type.Length : null,
            "PRECISION" => Precision(column.Type),
            "SCALE" => Scale(column.Type),
            _ => null,
        };
    }

    /// <summary>COLUMNPROPERTY's precision: digits of numbers and times, length of everything else.</summary>
    private static int Precision(SqlType type) => type.IsString || type.IsBinary ? type.Length : type.CatalogPrecision != 0 ? type.CatalogPrecision : type.MaxLength;

    private static int? Scale(SqlType type) => type.IsNumber && !type.IsApproximate || type.IsDateOrTime ? type.Scale : null;

    private static int? IndexProperty(EngineSession session, int objectId, string name, string property)
    {
        if (Table(session, objectId)?.Indexes.FirstOrDefault(i => i.Name is not null && Same(i.Name, name)) is not { } index)
        {
            return null;
        }

        int Is(bool condition) => condition ? 1 : 0;
        return property.ToUpperInvariant() switch
        {
            "INDEXID" => index.IndexId,
            "INDEXDEPTH" => 1,
            "INDEXFILLFACTOR" => index.FillFactor,
            "ISCLUSTERED" => Is(index.Kind == IndexKind.Clustered),
            "ISUNIQUE" => Is(index.IsUnique),
            "ISDISABLED" => Is(index.IsDisabled),
            "ISPADINDEX" => Is(index.Options.GetValueOrDefault("PAD_INDEX") == "ON"),
            "ISPAGELOCKDISALLOWED" or "ISROWLOCKDISALLOWED" or "ISSTATISTICS" or "ISAUTOSTATISTICS" or "ISHYPOTHETICAL" or "ISFULLTEXTKEY" or "ISCOLUMNSTORE" or "ISOPTIMIZEDFORSEQUENTIALKEY" => 0,
            _ => null,
        };
    }

    private static int? TypeProperty(EngineSession session, string name, string property)
    {
        if (TypeId(session, name) is not { } id)
        {
            return null;
        }

        SystemType? system = SystemTypes.All.FirstOrDefault(t => t.UserTypeId == id);
        TypeDefinition? user = session.Catalog.FindType(id);
        SqlType? alias = user?.BaseType;
        return property.ToUpperInvariant() switch
        {
            "SCHEMAID" => user?.SchemaId ?? InitialCatalog.SysSchemaId,
            "OWNERID" => 1,
            "ALLOWSNULL" => (user?.IsNullable ?? system!.IsNullable) ? 1 : 0,
            "PRECISION" => alias is not null ? Precision(alias) : system is null ? null : system.Precision != 0 ? system.Precision : system.MaxLength,
            "SCALE" => alias is not null ? Scale(alias) : system is { Precision: > 0 } ? system.Scale : null,
            "USESANSITRIM" => (alias?.IsString ?? system?.IsCollatable ?? false) ? 1 : null,
            _ => null,
        };
    }

    private static SqlValue CollationProperty(string name, string property)
    {
        if (Collation.Find(name) is not { } collation)
        {
            return SqlValue.Null;
        }

        int style = collation.IsBinary ? 0
            : (collation.IsCaseSensitive ? 0 : 1) | (collation.IsAccentSensitive ? 0 : 2) | (collation.IsKanaSensitive ? 0 : 65536) | (collation.IsWidthSensitive ? 0 : 131072);
        return property.ToUpperInvariant() switch
        {
            "CODEPAGE" => VariantInt(collation.CodePage),
            "LCID" => VariantInt(collation.Lcid),
            "COMPARISONSTYLE" => VariantInt(style),
            "VERSION" => SqlValue.FromVariant(SqlValue.FromTinyInt((byte)collation.WireVersion), SqlType.TinyInt),
            "NAME" => VariantText(collation.Name),
            _ => SqlValue.Null,
        };
    }

    /// <summary>nvarchar and nchar by their numbers in sys.types.</summary>
    private static bool IsTwoByteType(int systemTypeId) => systemTypeId is 231 or 239;

    /// <summary>Exact numbers and the dates and times of SQL Server 2008, by their numbers in sys.types.</summary>
    private static bool HasScale(int systemTypeId) => systemTypeId is 41 or 42 or 43 or 48 or 52 or 56 or 58 or 60 or 61 or 106 or 108 or 122 or 127;
}
