using System.Globalization;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>sp_help and its relatives.</summary>
internal static partial class SystemProcedures
{
    private static void AddHelpProcedures(Action<SystemProcedure> add)
    {
        add(Reads("sp_help", Help, Optional("@objname", LongName)));
        add(Reads("sp_helptext", HelpText, Required("@objname", LongName), Optional("@columnname", Name)));
        add(Reads("sp_helpindex", c =>
        {
            ObjectEntry found = RequireObject(c.Session, c.Text(0)!);
            if (found.Object is ModuleDefinition { Type: ObjectTypes.View } view)
            {
                SendIndexes(c, view.Materialized);
                return 0;
            }

            SendIndexes(c, RequireTable(c, c.Text(0)!));
            return 0;
        }, Required("@objname", LongName)));
        add(Reads("sp_helpconstraint", c =>
        {
            TableDefinition table = RequireTable(c, c.Text(0)!);
            if (!Same(c.Text(1), "nomsg"))
            {
                c.Send([Column("Object Name", LongName)], [[Text(c.Text(0))]]);
                SendBlank(c);
            }

            SendConstraints(c, table);
            return 0;
        }, Required("@objname", LongName), Optional("@nomsg", SqlType.VarChar(5))));
        add(Reads("sp_helptrigger", c =>
        {
            ObjectEntry entry = RequireObject(c.Session, c.Text(0)!);
            string? kind = c.Text(1)?.Trim().ToUpperInvariant();
            if (kind is not (null or "INSERT" or "UPDATE" or "DELETE"))
            {
                throw SqlErrors.Create(15305);
            }

            c.Send(
                [Column("trigger_name", Name), Column("trigger_owner", Name), Column("isupdate", SqlType.Int), Column("isdelete", SqlType.Int), Column("isinsert", SqlType.Int), Column("isafter", SqlType.Int), Column("isinsteadof", SqlType.Int), Column("trigger_schema", Name)],
                c.Session.Catalog.TriggersOn(entry.ObjectId).Where(t => kind is null || t.TriggerEvents.Contains(kind)).Select(t => new[]
                {
                    Text(t.Name), Text("dbo"), Bit(t.TriggerEvents.Contains("UPDATE")), Bit(t.TriggerEvents.Contains("DELETE")), Bit(t.TriggerEvents.Contains("INSERT")), Bit(!t.IsInsteadOf), Bit(t.IsInsteadOf),
                    Text(c.Session.Catalog.SchemaName(t.SchemaId)),
                }));
            return 0;
        }, Required("@tabname", LongName), Optional("@triggertype", SqlType.Char(6))));
        add(Reads("sp_spaceused", SpaceUsed, Optional("@objname", LongName), Optional("@updateusage", SqlType.VarChar(5)), Optional("@mode", SqlType.VarChar(11)), Optional("@oneresultset", SqlType.Bit)));
        add(Reads("sp_helpdb", HelpDatabase, Optional("@dbname", Name)));
    }

    private static SqlValue Bit(bool value) => Int(value ? 1 : 0);

    private static TableDefinition RequireTable(SystemProcedureCall call, string name) =>
        RequireObject(call.Session, name).Object as TableDefinition ?? throw SqlErrors.Create(15009, name, call.Session.Catalog.DatabaseName);

    private static int Help(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        if (call.Text(0) is not { } name)
        {
            call.Send([Column("Name", Name), Column("Owner", Name), Column("Object_type", SqlType.NVarChar(31))],
                ObjectNames.Objects(session.Catalog).OrderBy(o => ObjectNames.Description(o.Type), StringComparer.Ordinal).ThenBy(o => o.Name, StringComparer.OrdinalIgnoreCase)
                    .Select(o => new[] { Text(o.Name), Text("dbo"), Text(HelpType(o.Type)) }));
            call.Send([Column("User_type", Name), Column("Storage_type", Name), Column("Length", SqlType.SmallInt), Column("Prec", SqlType.Int), Column("Scale", SqlType.Int), Column("Nullable", SqlType.VarChar(35)), Column("Default_name", Name), Column("Rule_name", Name), Column("Collation", Name)],
                session.Catalog.TypesById.Values.Where(t => t.BaseType is not null).Select(t => TypeHelp(t)));
            return 0;
        }

        IReadOnlyList<string> parts = Parser.TryParseName(name) ?? [name];
        SqlValue[]? known = session.Catalog.FindType(parts.Count > 1 && parts[^2].Length > 0 ? parts[^2] : null, parts[^1]) is { BaseType: not null } type ? TypeHelp(type)
            : parts.Count == 1 && ObjectNames.Find(session, null, parts[0]) is null ? SystemTypeHelp(session, parts[0]) : null;
        if (known is not null)
        {
            call.Send([Column("Type_name", Name), Column("Storage_type", Name), Column("Length", SqlType.SmallInt), Column("Prec", SqlType.Int), Column("Scale", SqlType.Int), Column("Nullable", SqlType.VarChar(35)), Column("Default_name", Name), Column("Rule_name", Name), Column("Collation", Name)], [known]);
            return 0;
        }

        ObjectEntry entry = RequireObject(session, name);
        call.Send([Column("Name", Name), Column("Owner", Name), Column("Type", SqlType.NVarChar(31)), Column("Created_datetime", SqlType.DateTime)],
            [[Text(entry.Name), Text("dbo"), Text(HelpType(entry.Type)), SystemViews.Value(entry.CreateDate, SqlType.DateTime)]]);
        switch (entry.Object)
        {
            case TableDefinition table:
                SendColumns(call, table.Columns);
                SendTableParts(call, table);
                break;
            case ModuleDefinition { Type: ObjectTypes.View } view:
                SendColumns(call, view.Columns.Select((c, i) => new ColumnDefinition { ColumnId = i + 1, Name = c.Name, Type = c.Type, IsNullable = c.IsNullable }));
                SendIdentity(call, null);
                SendRowGuid(call, null);
                SendBlank(call);
                call.Inform(15469, name);
                SendBlank(call);
                call.Inform(15470, name);
                call.Inform(15472, name);
                break;
            case ModuleDefinition module:
                if (module.Columns.Length > 0)
                {
                    SendColumns(call, module.Columns.Select((c, i) => new ColumnDefinition { ColumnId = i + 1, Name = c.Name, Type = c.Type, IsNullable = c.IsNullable }));
                    if (module.Type == ObjectTypes.TableFunction)
                    {
                        SendIdentity(call, null);
                        SendRowGuid(call, null);
                    }
                }

                if (module.Parameters.Length > 0 || module.ReturnType is not null)
                {
                    SendBlank(call);
                    call.Send([Column("Parameter_name", Name), Column("Type", Name), Column("Length", SqlType.SmallInt), Column("Prec", SqlType.Int), Column("Scale", SqlType.Int), Column("Param_order", SqlType.Int), Column("Collation", Name)],
                        (module.ReturnType is { } returned ? [ParameterHelp(session, "", returned, 0, 0)] : Array.Empty<SqlValue[]>())
                            .Concat(module.Parameters.Select((p, i) => ParameterHelp(session, p.Name, p.Type, p.UserTypeId, i + 1))));
                }

                break;
        }

        return 0;
    }

    private static string HelpType(string type) => type switch
    {
        ObjectTypes.UserTable => "user table",
        ObjectTypes.View => "view",
        ObjectTypes.Procedure => "stored procedure",
        ObjectTypes.ClrProcedure => "assembly stored procedure",
        ObjectTypes.ScalarFunction => "scalar function",
        ObjectTypes.ClrScalarFunction => "assembly scalar function",
        ObjectTypes.InlineFunction => "inline function",
        ObjectTypes.TableFunction => "table function",
        ObjectTypes.ClrAggregate => "aggregate function",
        ObjectTypes.ClrTableFunction => "assembly table function",
        ObjectTypes.Trigger => "trigger",
        ObjectTypes.PrimaryKey => "primary key cns",
        ObjectTypes.Unique => "unique cns",
        ObjectTypes.ForeignKey => "foreign key cns",
        ObjectTypes.Check => "check cns",
        ObjectTypes.Default => "default (maybe cns)",
        ObjectTypes.Rule => "rule",
        ObjectTypes.Sequence => "sequence object",
        ObjectTypes.Synonym => "synonym",
        ObjectTypes.TableType => "table type",
        _ => ObjectNames.Description(type).ToLowerInvariant().Replace('_', ' '),
    };

    private static SqlValue[] ParameterHelp(EngineSession session, string name, SqlType type, int userTypeId, int position) =>
    [
        Text(name), Text(type.Id == SqlTypeId.Table ? type.TableTypeName : session.Catalog.FindType(userTypeId)?.Name ?? type.Name), SqlValue.FromSmallInt((short)type.MaxLength),
        Int(PrecisionOf(type)), ScaleOf(type) is { } scale ? Int(scale) : SqlValue.Null,
        Int(position), type.IsString ? Text(Collation.Default.Name) : SqlValue.Null,
    ];

    /// <summary>The precision as ODBC has it: that of texts and binaries is their length.</summary>
    private static int PrecisionOf(SqlType type) =>
        type.CatalogPrecision != 0 ? type.CatalogPrecision : type.Id is (SqlTypeId.NVarChar or SqlTypeId.NChar) && type.MaxLength > 0 ? type.MaxLength / 2 : type.MaxLength;

    /// <summary>The scale as ODBC has it: none for approximate numbers, texts, binaries and date.</summary>
    private static int? ScaleOf(SqlType type) => type.Id switch
    {
        SqlTypeId.Float or SqlTypeId.Real or SqlTypeId.Date or SqlTypeId.Bit => null,
        _ when type.IsNumber || type.IsDateOrTime => type.Id == SqlTypeId.SmallDateTime ? 0 : type.Scale,
        _ => null,
    };

    /// <summary>The empty line between result sets.</summary>
    private static void SendBlank(SystemProcedureCall call) => call.Sink.Message(new SqlError(0, 0, 1, " ", 1, null), flush: false);

    /// <summary>A type of the system as sp_help shows it; null when there is none with the name.</summary>
    private static SqlValue[]? SystemTypeHelp(EngineSession session, string name)
    {
        SystemView types = SystemViews.Find("sys", "types")!;
        int Ordinal(string column) => types.Columns.Select((c, i) => (c.Name, i)).First(c => c.Name == column).i;
        SqlValue[]? row = types.Rows(session).FirstOrDefault(r => Same(r[Ordinal("name")].AsString, name) && !r[Ordinal("is_user_defined")].AsBoolean);
        if (row is null)
        {
            return null;
        }

        int id = row[Ordinal("system_type_id")].AsInt32;
        string system = SystemTypes.All.FirstOrDefault(t => t.SystemTypeId == id)?.Name ?? row[Ordinal("name")].AsString;
        return
        [
            row[Ordinal("name")], Text(system), SqlValue.FromSmallInt((short)row[Ordinal("max_length")].AsInt32), Int(row[Ordinal("precision")].AsInt32), Int(row[Ordinal("scale")].AsInt32),
            Text(row[Ordinal("is_nullable")].AsBoolean ? "yes" : "no", SqlTypeId.VarChar), Text("none"), Text("none"), row[Ordinal("collation_name")],
        ];
    }

    private static SqlValue[] TypeHelp(TypeDefinition type)
    {
        SqlType system = type.BaseType!;
        return
        [
            Text(type.Name), Text(system.Name), SqlValue.FromSmallInt((short)system.MaxLength), Int(PrecisionOf(system)), ScaleOf(system) is { } scale ? Int(scale) : SqlValue.Null, Text(type.IsNullable ? "yes" : "no", SqlTypeId.VarChar), Text(type.Default?.Name ?? "none"), Text(type.Rule?.Name ?? "none"),
            system.IsString ? Text(system.EffectiveCollation.Name) : SqlValue.Null,
        ];
    }

    private static void SendColumns(SystemProcedureCall call, IEnumerable<ColumnDefinition> columns)
    {
        SqlType word = SqlType.VarChar(35);
        SqlValue Word(string text) => Text(text, SqlTypeId.VarChar);
        SqlValue YesNo(bool value) => Word(value ? "yes" : "no");
        SendBlank(call);
        call.Send(
            [Column("Column_name", Name), Column("Type", Name), Column("Computed", word), Column("Length", SqlType.Int), Column("Prec", SqlType.Char(5)), Column("Scale", SqlType.Char(5)), Column("Nullable", word), Column("TrimTrailingBlanks", word), Column("FixedLenNullInSource", word), Column("Collation", Name)],
            columns.Select(c =>
            {
                bool isNumber = (c.Type.IsNumber || c.Type.IsDateOrTime) && c.Type.Id is not (SqlTypeId.Bit or SqlTypeId.DateTime or SqlTypeId.SmallDateTime);
                bool isText = c.Type.Id is SqlTypeId.Char or SqlTypeId.VarChar or SqlTypeId.Binary or SqlTypeId.VarBinary;
                bool trims = isText || c.Type.Id is SqlTypeId.NChar or SqlTypeId.NVarChar;
                SqlValue scale = !isNumber ? SqlValue.FromString("     ", SqlTypeId.Char)
                    : c.Type.Id is SqlTypeId.Float or SqlTypeId.Real or SqlTypeId.Date ? SqlValue.Null
                    : SqlValue.FromString(c.Type.Scale.ToString(CultureInfo.InvariantCulture).PadRight(5), SqlTypeId.Char);
                return new[]
                {
                    Text(c.Name), Text(call.Session.Catalog.FindType(c.UserTypeId)?.Name ?? (c.UserTypeId == TypeResolver.SysNameTypeId ? "sysname" : c.Type.Name)), YesNo(c.IsComputed), Int(c.Type.MaxLength),
                    SqlValue.FromString((isNumber ? c.Type.CatalogPrecision.ToString(CultureInfo.InvariantCulture) : "").PadRight(5), SqlTypeId.Char),
                    scale, YesNo(c.IsNullable), Word(trims ? (c.IsAnsiPadded ? "no" : "yes") : "(n/a)"), Word(isText ? (c.IsNullable ? "yes" : "no") : "(n/a)"),
                    c.Type.IsString ? Text(c.Type.EffectiveCollation.Name) : SqlValue.Null,
                };
            }));
    }

    private static void SendTableParts(SystemProcedureCall call, TableDefinition table)
    {
        SendIdentity(call, table.Columns.FirstOrDefault(c => c.Identity is not null));
        SendRowGuid(call, table.Columns.FirstOrDefault(c => c.IsRowGuid));
        SendBlank(call);
        call.Send([Column("Data_located_on_filegroup", Name)], [[Text("PRIMARY")]]);
        SendBlank(call);
        SendIndexes(call, table);
        SendBlank(call);
        SendConstraints(call, table);
        CatalogSnapshot catalog = call.Session.Catalog;
        string[] views = [.. catalog.ObjectsById.Values.OfType<ModuleDefinition>().Where(m => m is { Type: ObjectTypes.View, IsSchemaBound: true })
            .Where(v => Dependencies.ReferenceCollector.Of(call.Session, v, withColumns: false).References.Any(r => r.Id == table.ObjectId)).Select(v => $"[{catalog.SchemaName(v.SchemaId)}].[{v.Name}]").Order(StringComparer.OrdinalIgnoreCase)];
        if (views.Length == 0)
        {
            call.Inform(15647, call.Text(0));
        }
        else
        {
            call.Send([Column("Table is referenced by views", SqlType.NVarChar(516))], views.Select(v => new[] { Text(v) }));
        }
    }

    private static void SendIdentity(SystemProcedureCall call, ColumnDefinition? identity)
    {
        SendBlank(call);
        call.Send([Column("Identity", Name), Column("Seed", SqlType.Numeric(38, 0)), Column("Increment", SqlType.Numeric(38, 0)), Column("Not For Replication", SqlType.Int)],
        [
            [
                Text(identity?.Name ?? "No identity column defined."), identity is null ? SqlValue.Null : SystemViews.Value(identity.Identity!.Seed, SqlType.Numeric(38, 0)),
                identity is null ? SqlValue.Null : SystemViews.Value(identity.Identity!.Increment, SqlType.Numeric(38, 0)), identity is null ? SqlValue.Null : Int(0),
            ],
        ]);
    }

    private static void SendRowGuid(SystemProcedureCall call, ColumnDefinition? column)
    {
        SendBlank(call);
        call.Send([Column("RowGuidCol", Name)], [[Text(column?.Name ?? "No rowguidcol column defined.")]]);
    }

    private static void SendIndexes(SystemProcedureCall call, TableDefinition? table)
    {
        IndexDefinition[] indexes = table is null ? [] : [.. table.Indexes.Where(i => i.Kind is IndexKind.Clustered or IndexKind.NonClustered)];
        if (indexes.Length == 0)
        {
            call.Inform(15472, call.Text(0));
            return;
        }

        call.Send([Column("index_name", Name), Column("index_description", SqlType.VarChar(210)), Column("index_keys", SqlType.NVarChar(2078))],
            indexes.OrderBy(i => i.Name, StringComparer.OrdinalIgnoreCase).Select(i => new[]
            {
                Text(i.Name), Text(IndexDescription(i), SqlTypeId.VarChar),
                Text(string.Join(", ", i.KeyColumns.Select(k => table!.Columns[table.OrdinalOf(k.ColumnId)].Name + (k.IsDescending ? "(-)" : "")))),
            }));
    }

    private static string IndexDescription(IndexDefinition index)
    {
        string text = index.Kind == IndexKind.Clustered ? "clustered" : "nonclustered";
        text += index.IgnoreDuplicateKeys ? ", ignore duplicate keys" : "";
        text += index.IsUnique ? ", unique" : "";
        text += index.IsPrimaryKey ? ", primary key" : index.IsUniqueConstraint ? ", unique key" : "";
        text += index.Options.GetValueOrDefault("STATISTICS_NORECOMPUTE") is "ON" ? ", stats no recompute" : "";
        return text + " located on PRIMARY";
    }

    private static void SendConstraints(SystemProcedureCall call, TableDefinition table)
    {
        CatalogSnapshot catalog = call.Session.Catalog;
        string ColumnName(int id) => table.Columns[table.OrdinalOf(id)].Name;
        var rows = new List<SqlValue[]>();
        void Row(string type, string name, string delete, string update, string enabled, string keys) => rows.Add(
        [
            Text(type), Text(name), Text(delete), Text(update), Text(enabled, SqlTypeId.VarChar), Text(enabled is "Enabled" or "Disabled" ? "Is_For_Replication" : name == " " ? " " : "(n/a)", SqlTypeId.VarChar), Text(keys),
        ]);
        const string none = "(n/a)";
        foreach (CheckDefinition check in table.Checks)
        {
            Row(check.ParentColumnId == 0 ? "CHECK Table Level " : $"CHECK on column {ColumnName(check.ParentColumnId)}", check.Name, none, none, check.IsDisabled ? "Disabled" : "Enabled", check.Text);
        }

        foreach (ColumnDefinition column in table.Columns.Where(c => c.Default is { IsBound: false }))
        {
            Row($"DEFAULT on column {column.Name}", column.Default!.Name, none, none, none, column.Default.Text);
        }

        foreach (ForeignKeyDefinition key in table.ForeignKeys)
        {
            Row("FOREIGN KEY", key.Name, Action(key.OnDelete), Action(key.OnUpdate), key.IsDisabled ? "Disabled" : "Enabled", string.Join(", ", key.ColumnIds.Select(ColumnName)));
            TableDefinition parent = catalog.Find<TableDefinition>(key.ReferencedObjectId)!;
            Row(" ", " ", " ", " ", " ", $"REFERENCES {catalog.DatabaseName}.{catalog.QualifiedName(parent)} ({string.Join(", ", key.ReferencedColumnIds.Select(id => parent.Columns[parent.OrdinalOf(id)].Name))})");
        }

        foreach (EdgeConstraintDefinition connection in table.EdgeConstraints)
        {
            string TableName(int id) => catalog.Find<TableDefinition>(id) is { } node ? catalog.QualifiedName(node) : "";
            Row("EDGE", connection.Name, "No Action", none, connection.IsDisabled ? "Disabled" : "Enabled", string.Join(", ", connection.Clauses.Select(c => $"{TableName(c.FromObjectId)} TO {TableName(c.ToObjectId)}")));
        }

        foreach (IndexDefinition index in table.Indexes.Where(i => i.ConstraintObjectId != 0))
        {
            string kind = index.IsPrimaryKey ? "PRIMARY KEY" : "UNIQUE";
            Row($"{kind} ({(index.Kind == IndexKind.Clustered ? "clustered" : "non-clustered")})", index.Name!, none, none, none, string.Join(", ", index.KeyColumns.Select(k => ColumnName(k.ColumnId))));
        }

        foreach (ColumnDefinition column in table.Columns.Where(c => c.Default is { IsBound: true }))
        {
            Row($"DEFAULT on column {column.Name} (bound with sp_bindefault)", column.Default!.Name, none, none, none, SystemViews.DefaultText(catalog, column.Default) ?? "");
        }

        foreach (ColumnDefinition column in table.Columns.Where(c => c.Rule is not null))
        {
            Row($"RULE on column {column.Name} (bound with sp_bindrule)", column.Rule!.Name, none, none, none, catalog.Find<BindableDefinition>(column.Rule.ObjectId)?.Text ?? "");
        }

        if (rows.Count == 0)
        {
            call.Inform(15469, call.Text(0));
        }
        else
        {
            call.Send(
                [Column("constraint_type", SqlType.NVarChar(146)), Column("constraint_name", Name), Column("delete_action", SqlType.NVarChar(11)), Column("update_action", SqlType.NVarChar(11)), Column("status_enabled", SqlType.VarChar(8)), Column("status_for_replication", SqlType.VarChar(19)), Column("constraint_keys", SqlType.NVarChar(2126))],
                InOrder(rows));
        }

        string[] references = [.. catalog.ForeignKeysReferencing(table.ObjectId).Select(k => $"{catalog.DatabaseName}.{catalog.QualifiedName(k.Table)}: {k.Key.Name}").Order(StringComparer.OrdinalIgnoreCase)];
        if (references.Length == 0)
        {
            call.Inform(15470, call.Text(0));
        }
        else
        {
            call.Send([Column("Table is referenced by foreign key", SqlType.NVarChar(516))], references.Select(r => new[] { Text(r) }));
        }

        static string Action(Syntax.Ast.ReferentialAction action) => action switch
        {
            Syntax.Ast.ReferentialAction.Cascade => "Cascade",
            Syntax.Ast.ReferentialAction.SetNull => "Set Null",
            Syntax.Ast.ReferentialAction.SetDefault => "Set Default",
            _ => "No Action",
        };
    }

    /// <summary>By the name of the constraint; the table that a foreign key references follows it.</summary>
    private static IEnumerable<SqlValue[]> InOrder(List<SqlValue[]> rows)
    {
        var groups = new List<List<SqlValue[]>>();
        foreach (SqlValue[] row in rows)
        {
            if (row[1].AsString == " ")
            {
                groups[^1].Add(row);
            }
            else
            {
                groups.Add([row]);
            }
        }

        return groups.OrderBy(g => g[0][1].AsString, StringComparer.OrdinalIgnoreCase).SelectMany(g => g);
    }

    private static int HelpText(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        ObjectEntry entry = RequireObject(session, call.Text(0)!);
        if (entry.Object is ModuleDefinition { IsEncrypted: true })
        {
            call.Inform(15471, call.Text(0));
            return 0;
        }

        string? text = entry switch
        {
            { Object: ModuleDefinition { External: null } module } => module.Text,
            { Object: BindableDefinition bindable } => bindable.Text,
            { Object: TableDefinition table } when call.Text(1) is { } column && table.FindColumn(column) is >= 0 and int ordinal => table.Columns[ordinal].ComputedText,
            { Constraint: { Type: ObjectTypes.Check } check } => check.Table.Checks.First(c => c.ObjectId == entry.ObjectId).Text,
            { Constraint: { Type: ObjectTypes.Default } value } => value.Table.Columns.First(c => c.Default?.ObjectId == entry.ObjectId).Default!.Text,
            _ => null,
        };
        if (text is null || !Security.MetadataVisibility.SeesDefinition(session, entry.ObjectId))
        {
            throw SqlErrors.Create(15197, call.Text(0));
        }

        call.Send([Column("Text", SqlType.NVarChar(255))], Lines(text).Select(l => new[] { Text(l) }));
        return 0;
    }

    /// <summary>Lines with their ends, long ones in pieces of 255 characters, as sp_helptext sends them.</summary>
    private static IEnumerable<string> Lines(string text)
    {
        const int Piece = 255;
        int start = 0;
        while (start < text.Length)
        {
            int end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            for (int i = start; i < end; i += Piece)
            {
                yield return text[i..Math.Min(end, i + Piece)];
            }

            start = end;
        }
    }

    private static int SpaceUsed(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        SqlType size = SqlType.VarChar(18);
        if (call.Text(0) is { } name)
        {
            TableDefinition table = RequireTable(call, name);
            long pages = SystemViews.Pages(session, table);
            call.Send([Column("name", Name), Column("rows", SqlType.Char(20)), Column("reserved", size), Column("data", size), Column("index_size", size), Column("unused", size)],
            [
                [
                    Text(table.Name), SqlValue.FromString(Number(SystemViews.Rows(session, table)).PadRight(20), SqlTypeId.Char), Text(Kb(pages), SqlTypeId.VarChar), Text(Kb(pages), SqlTypeId.VarChar),
                    Text(Kb(0), SqlTypeId.VarChar), Text(Kb(0), SqlTypeId.VarChar),
                ],
            ]);
            return 0;
        }

        long total = session.Catalog.ObjectsById.Values.OfType<TableDefinition>().Sum(t => SystemViews.Pages(session, t));
        string megabytes = (total * PageKilobytes / 1024.0).ToString("F2", CultureInfo.InvariantCulture) + " MB";
        call.Send([Column("database_name", Name), Column("database_size", size), Column("unallocated space", size)], [[Text(session.Catalog.DatabaseName), Text(megabytes, SqlTypeId.VarChar), Text("0.00 MB", SqlTypeId.VarChar)]]);
        call.Send([Column("reserved", size), Column("data", size), Column("index_size", size), Column("unused", size)],
            [[Text(Kb(total), SqlTypeId.VarChar), Text(Kb(total), SqlTypeId.VarChar), Text(Kb(0), SqlTypeId.VarChar), Text(Kb(0), SqlTypeId.VarChar)]]);
        return 0;
    }

    private static int HelpDatabase(SystemProcedureCall call)
    {
        IEnumerable<CatalogSnapshot> databases = call.Text(0) is not { } name
            ? call.Session.Server.Databases.OrderBy(d => d.DatabaseName, StringComparer.OrdinalIgnoreCase)
            : [call.Session.Server.Find(name) ?? throw SqlErrors.Create(15010, name)];
        call.Send(
            [Column("name", Name), Column("db_size", SqlType.NVarChar(13)), Column("owner", Name), Column("dbid", SqlType.SmallInt), Column("created", SqlType.NVarChar(11)), Column("status", SqlType.NVarChar(600)), Column("compatibility_level", SqlType.TinyInt)],
            databases.Where(d => call.Session.PrincipalIn(d) is not null).Select(d => new[]
            {
                Text(d.DatabaseName), Text($"{SizeOf(call.Session, d),10} MB"), Text("sa"), SqlValue.FromSmallInt((short)d.DatabaseId), Text(string.Create(CultureInfo.InvariantCulture, $"{d.DatabaseCreateDate:MMM} {d.DatabaseCreateDate.Day,2} {d.DatabaseCreateDate:yyyy}")),
                Text(StatusOf(d)),
                SqlValue.FromTinyInt(DatabaseOptions.CompatibilityLevel),
            }));
        if (call.Text(0) is { } one && call.Session.Server.Find(one) is { } found)
        {
            SendFiles(call, found);
        }

        return 0;
    }

    /// <summary>The state of a database, and the options that are on.</summary>
    private static string StatusOf(CatalogSnapshot d)
    {
        string state = DatabaseOptions.StateOf(d);
        if (state == "OFFLINE")
        {
            return "Status=OFFLINE";
        }

        (string Option, string Word, bool Default)[] switches =
        [
            ("AUTO_CLOSE", "IsAutoClose", false), ("AUTO_SHRINK", "IsAutoShrink", false), ("TORN_PAGE_DETECTION", "IsTornPageDetectionEnabled", false), ("ANSI_NULL_DEFAULT", "IsAnsiNullDefault", false),
            ("ANSI_NULLS", "IsAnsiNullsEnabled", false), ("ANSI_PADDING", "IsAnsiPaddingEnabled", false), ("ANSI_WARNINGS", "IsAnsiWarningsEnabled", false), ("ARITHABORT", "IsArithmeticAbortEnabled", false),
            ("AUTO_CREATE_STATISTICS", "IsAutoCreateStatistics", true), ("AUTO_UPDATE_STATISTICS", "IsAutoUpdateStatistics", true), ("CURSOR_CLOSE_ON_COMMIT", "IsCloseCursorsOnCommitEnabled", false),
            ("CONCAT_NULL_YIELDS_NULL", "IsNullConcat", false), ("NUMERIC_ROUNDABORT", "IsNumericRoundAbortEnabled", false), ("QUOTED_IDENTIFIER", "IsQuotedIdentifiersEnabled", false),
            ("RECURSIVE_TRIGGERS", "IsRecursiveTriggersEnabled", false),
        ];
        string words = string.Concat(switches.Where(s => DatabaseOptions.IsOn(d, s.Option, s.Default)).Select(s => ", " + s.Word));
        return $"Status={state}, Updateability={(d.IsReadOnly ? "READ_ONLY" : "READ_WRITE")}, UserAccess={DatabaseOptions.Get(d, "USER_ACCESS", "MULTI_USER")}, Recovery={DatabaseOptions.Get(d, "RECOVERY", "FULL")}, "
            + $"Version=998, Collation={DatabaseOptions.CollationName(d)}, SQLSortOrder=52{words}";
    }

    private const int PageKilobytes = 8;

    private static string Kb(long pages) => Number(pages * PageKilobytes) + " KB";

    private static string SizeOf(EngineSession session, CatalogSnapshot database)
    {
        using DatabaseScope scope = session.In(database.DatabaseId);
        return (database.ObjectsById.Values.OfType<TableDefinition>().Sum(t => SystemViews.Pages(session, t)) * PageKilobytes / 1024.0).ToString("F2", CultureInfo.InvariantCulture);
    }

    /// <summary>The files of a database, as sp_helpdb and sp_helpfile list them.</summary>
    private static void SendFiles(SystemProcedureCall call, CatalogSnapshot database)
    {
        SystemView files = SystemViews.Find("sys", "database_files")!;
        int Ordinal(string column) => files.Columns.Select((c, i) => (c.Name, i)).First(c => c.Name == column).i;
        SqlType size = SqlType.NVarChar(18);
        call.Send(
            [Column("name", Name), Column("fileid", SqlType.SmallInt), Column("filename", SqlType.NVarChar(260)), Column("filegroup", Name), Column("size", size), Column("maxsize", size), Column("growth", size), Column("usage", SqlType.VarChar(9))],
            call.Session.RowsIn(database.DatabaseId, files).Select(f => new[]
            {
                f[Ordinal("name")], SqlValue.FromSmallInt((short)f[Ordinal("file_id")].AsInt64), f[Ordinal("physical_name")],
                f[Ordinal("type")].AsInt64 == 0 ? Text("PRIMARY") : SqlValue.Null, Text(Kb(f[Ordinal("size")].AsInt64)), Text("Unlimited"), Text("65536 KB"),
                Text(f[Ordinal("type")].AsInt64 == 1 ? "log only" : "data only", SqlTypeId.VarChar),
            }));
    }
}
