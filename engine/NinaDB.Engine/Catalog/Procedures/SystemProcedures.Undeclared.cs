using NinaDB.Engine.Binding;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Statements;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>sp_describe_undeclared_parameters: drivers ask it for the types of the parameters of a statement that an application prepares.</summary>
internal static partial class SystemProcedures
{
    private static void AddUndeclaredParameters(Action<SystemProcedure> add) =>
        add(Reads("sp_describe_undeclared_parameters", DescribeUndeclared, Required("@tsql", SqlType.NVarCharMax), Optional("@params", SqlType.NVarCharMax)));

    private static readonly ResultColumnDefinition[] UndeclaredColumns =
    [
        new("parameter_ordinal", SqlType.Int, false), new("name", SqlType.SysName, false), new("suggested_system_type_id", SqlType.Int, false), new("suggested_system_type_name", SqlType.NVarChar(256), true),
        new("suggested_max_length", SqlType.SmallInt, false), new("suggested_precision", SqlType.TinyInt, false), new("suggested_scale", SqlType.TinyInt, false), new("suggested_user_type_id", SqlType.Int, true),
        new("suggested_user_type_database", SqlType.SysName, true), new("suggested_user_type_schema", SqlType.SysName, true), new("suggested_user_type_name", SqlType.SysName, true),
        new("suggested_assembly_qualified_type_name", SqlType.NVarChar(4000), true), new("suggested_xml_collection_id", SqlType.Int, true), new("suggested_xml_collection_database", SqlType.SysName, true),
        new("suggested_xml_collection_schema", SqlType.SysName, true), new("suggested_xml_collection_name", SqlType.SysName, true), new("suggested_is_xml_document", SqlType.Bit, false),
        new("suggested_is_case_sensitive", SqlType.Bit, false), new("suggested_is_fixed_length_clr_type", SqlType.Bit, false), new("suggested_is_input", SqlType.Bit, false),
        new("suggested_is_output", SqlType.Bit, false), new("formal_parameter_name", SqlType.SysName, true), new("suggested_tds_type_id", SqlType.Int, false), new("suggested_tds_length", SqlType.Int, false),
    ];

    private static int DescribeUndeclared(SystemProcedureCall call)
    {
        EngineSession session = call.Session;
        string text = call.Text(0) ?? throw SqlErrors.Create(225, "procedure", "sp_describe_undeclared_parameters");
        Batch batch = Parser.ParseBatch(text, new ParseOptions(session.Options.QuotedIdentifier));
        var declared = new List<ParameterShape>();
        foreach (ParameterSyntax parameter in call.Text(1) is { Length: > 0 } list ? Parser.ParseParameterList(list) : [])
        {
            ResolvedType resolved = TypeResolver.Resolve(parameter.Type, session.Catalog, TypeUse.Parameter(parameter.Name, declared.Count + 1));
            declared.Add(new ParameterShape(parameter.Name, resolved.Type, resolved.Table, IsOutput: false, IsReadOnly: resolved.Table is not null, null));
        }

        List<string> names = Undeclared(batch, declared);
        var inference = new ParameterInference(names);
        var outputs = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var formal = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var evidence = new ParameterEvidence(session, inference, outputs, formal);
        foreach (SyntaxNode node in batch.Statements.SelectMany(s => SyntaxWalker.Descendants(s)))
        {
            evidence.Read(node);
        }

        IEnumerable<ParameterShape> open = names.Select(n => new ParameterShape(n, SqlType.Null, null, IsOutput: false, IsReadOnly: false, null));
        Routine routine = RoutineCompiler.Batch(session, text, batch, [.. declared, .. open], RoutineKind.DynamicBatch);
        foreach (Operation operation in routine.Operations)
        {
            operation.Infer(session, routine, inference);
        }

        call.Send(UndeclaredColumns, names.Select((name, i) => UndeclaredRow(
            name, i + 1, inference[name] ?? throw SqlErrors.Create(11505, name), outputs.Contains(name), formal.GetValueOrDefault(name))));
        return 0;
    }

    /// <summary>Parameters in the order of their first use. One that is used twice may have two types: error 11508.</summary>
    private static List<string> Undeclared(Batch batch, List<ParameterShape> declared)
    {
        var known = new HashSet<string>(declared.Select(p => p.Name), StringComparer.OrdinalIgnoreCase);
        var names = new List<string>();
        foreach (SyntaxNode node in batch.Statements.SelectMany(s => SyntaxWalker.Descendants(s)))
        {
            if (node is DeclareStatement declare)
            {
                known.UnionWith(declare.Variables.Select(v => v.Name));
            }
            else if (node is VariableExpression variable && !known.Contains(variable.Name))
            {
                if (names.Contains(variable.Name, StringComparer.OrdinalIgnoreCase))
                {
                    throw SqlErrors.Create(11508, variable.Name);
                }

                names.Add(variable.Name);
            }
        }

        return names;
    }

    private static SqlValue[] UndeclaredRow(string name, int ordinal, SqlType type, bool isOutput, string? formalName)
    {
        SqlValue none = SqlValue.Null;
        SqlValue no = SqlValue.FromBit(false);
        return
        [
            Int(ordinal), Text(name), Int(SystemTypes.SystemTypeIdOf(type.Id)), Text(type.DisplayName), SqlValue.FromSmallInt((short)type.MaxLength), SqlValue.FromTinyInt(type.CatalogPrecision),
            SqlValue.FromTinyInt(type.Scale), none, none, none, none, none, none, none, none, none, no, SqlValue.FromBit(type.IsString && type.EffectiveCollation.IsCaseSensitive), no,
            SqlValue.FromBit(true), SqlValue.FromBit(isOutput), Text(formalName), Int(TdsType(type, isNullable: true)), Int(TdsLength(type)),
        ];
    }

    /// <summary>What can be read off the syntax: values of INSERT, assignments of UPDATE, arguments of EXECUTE, CAST and CONVERT.</summary>
    private sealed class ParameterEvidence(EngineSession session, ParameterInference inference, HashSet<string> outputs, Dictionary<string, string> formal)
    {
        public void Read(SyntaxNode node)
        {
            switch (node)
            {
                case InsertStatement insert:
                    ReadInsert(insert);
                    break;
                case UpdateStatement update when TableOf(update.Target, update.From) is { } table:
                    foreach (SetClause set in update.Set)
                    {
                        Note(set.Value, set.Column is null ? null : ColumnOf(table, set.Column.Name));
                    }

                    break;
                case ExecuteStatement execute:
                    ReadExecute(execute);
                    break;
                case ConvertExpression convert:
                    Note(convert.Operand, TypeResolver.Resolve(convert.Type, session.Catalog, TypeUse.Cast).Type);
                    break;
            }
        }

        private void ReadInsert(InsertStatement insert)
        {
            if (TableOf(insert.Target, []) is not { } table)
            {
                return;
            }

            ColumnDefinition?[] columns = insert.Columns.Count > 0
                ? [.. insert.Columns.Select(c => ColumnOf(table, c))]
                : [.. table.Columns.Where(c => !c.IsComputed && c.Identity is null && !c.IsHidden && c.Type.Id != SqlTypeId.RowVersion)];
            IEnumerable<IReadOnlyList<Expression?>> rows = insert.Source switch
            {
                ValuesQuery values => (IEnumerable<IReadOnlyList<Expression?>>)values.Rows,
                SelectQuery select => [[.. select.Items.Select(i => (i as ExpressionItem)?.Expression)]],
                _ => [],
            };
            foreach (IReadOnlyList<Expression?> row in rows)
            {
                for (int i = 0; i < Math.Min(row.Count, columns.Length); i++)
                {
                    Note(row[i], columns[i]);
                }
            }
        }

        private void ReadExecute(ExecuteStatement execute)
        {
            if (execute.Procedure is not { } name || (name.Schema is null ? session.Catalog.Find(session.DefaultSchema, name.Name) ?? session.Catalog.Find("dbo", name.Name) : session.Catalog.Find(name.Schema, name.Name)) is not ModuleDefinition module)
            {
                return;
            }

            for (int i = 0; i < execute.Arguments.Count; i++)
            {
                ExecuteArgument argument = execute.Arguments[i];
                ParameterDefinition? parameter = argument.Name is null ? module.Parameters.ElementAtOrDefault(i) : module.Parameters.FirstOrDefault(p => Same(p.Name, argument.Name));
                if (argument.Value is VariableExpression variable && parameter is not null)
                {
                    inference.Note(variable.Name, parameter.Type);
                    formal.TryAdd(variable.Name, parameter.Name);
                    if (argument.IsOutput)
                    {
                        outputs.Add(variable.Name);
                    }
                }
            }
        }

        private void Note(Expression? value, ColumnDefinition? column) => Note(value, column?.Type);

        private void Note(Expression? value, SqlType? type)
        {
            if (value is VariableExpression variable && type is not null)
            {
                inference.Note(variable.Name, type);
            }
        }

        private TableDefinition? TableOf(TableSource target, IReadOnlyList<TableSource> from)
        {
            ObjectName? name = (target as NamedTableSource)?.Name;
            if (name is { Schema: null } && from.OfType<NamedTableSource>().FirstOrDefault(s => Same(s.Alias, name.Name)) is { } aliased)
            {
                name = aliased.Name;
            }

            return name is null ? null : session.FindTable(name);
        }

        private static ColumnDefinition? ColumnOf(TableDefinition table, string name) => table.FindColumn(name) is >= 0 and int ordinal ? table.Columns[ordinal] : null;
    }
}
