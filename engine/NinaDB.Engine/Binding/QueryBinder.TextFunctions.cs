using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Execution.Operators;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Json;

namespace NinaDB.Engine.Binding;

/// <summary>Table sources over text: OPENJSON and the regular expression functions.</summary>
internal sealed partial class QueryBinder
{
    private BoundSource BindOpenJson(OpenJsonTableSource syntax, BindingScope lateral)
    {
        var binder = new ExpressionBinder(lateral, this);
        BoundExpression json = binder.Bind(syntax.Json);
        BoundExpression?[] arguments =
        [
            binder.Coerce(json, SqlType.NVarCharMax),
            syntax.Path is null ? null : binder.Coerce(binder.Bind(syntax.Path), SqlType.NVarCharMax),
        ];
        string alias = syntax.Alias ?? "OPENJSON";
        if (syntax.Columns is null)
        {
            ResultColumnDefinition[] columns =
            [
                new("key", OpenJson.KeyType, false),
                new("value", OpenJson.ValueType, true),
                new("type", OpenJson.TypeType, false),
            ];
            return Produce(alias, null, columns, arguments, static (_, values) => TextOf(values, 0) is { } text && !IsNullPath(values) ? OpenJson.Rows(text, TextOf(values, 1)) : [], syntax.ColumnAliases, 50, "OPENJSON");
        }

        var definition = new ResultColumnDefinition[syntax.Columns.Count];
        var infos = new OpenJsonColumnInfo[definition.Length];
        for (int i = 0; i < definition.Length; i++)
        {
            OpenJsonColumn column = syntax.Columns[i];
            SqlType type = TypeResolver.Resolve(column.Type, _context.Catalog, TypeUse.Column(column.Name, i + 1)).Type;
            if (type.IsLegacyLob || type.Id == SqlTypeId.SqlVariant)
            {
                throw SqlErrors.Create(13614);
            }

            if (type.Id is SqlTypeId.HierarchyId or SqlTypeId.Udt or SqlTypeId.Geometry or SqlTypeId.Geography)
            {
                throw SqlErrors.Create(13616);
            }

            if (column.AsJson && type is not ({ Id: SqlTypeId.NVarChar, IsMax: true } or { Id: SqlTypeId.Json }))
            {
                throw SqlErrors.Create(13618);
            }

            definition[i] = new ResultColumnDefinition(column.Name, type, true);
            infos[i] = new OpenJsonColumnInfo(type, column.Path is null ? JsonPath.Property(column.Name) : JsonPath.ParsePlain(column.Path), column.AsJson || type.Id == SqlTypeId.Json);
        }

        return Produce(
            alias,
            null,
            definition,
            arguments,
            (context, values) => TextOf(values, 0) is { } text && !IsNullPath(values) ? OpenJson.Rows(text, TextOf(values, 1), infos, context.Session.Options) : [],
            syntax.ColumnAliases,
            50,
            "OPENJSON");
    }

    private static string? TextOf(SqlValue?[] values, int index) => values[index] is { IsNull: false } value ? value.AsString : null;

    /// <summary>A path was given and is NULL.</summary>
    private static bool IsNullPath(SqlValue?[] values) => values[1] is { IsNull: true };

    /// <summary>REGEXP_MATCHES and REGEXP_SPLIT_TO_TABLE(text, pattern [, flags]).</summary>
    private BoundSource BindRegex(FunctionTableSource syntax, BindingScope lateral)
    {
        string name = syntax.Call.Name.Name.ToUpperInvariant();
        IReadOnlyList<Expression> syntaxes = syntax.Call.Arguments;
        if (syntaxes.Count < 2)
        {
            throw SqlErrors.CreateWithState(313, 3, name);
        }

        if (syntaxes.Count > 3)
        {
            throw SqlErrors.CreateWithState(8144, 3, name);
        }

        var binder = new ExpressionBinder(lateral, this);
        BoundExpression[] arguments = [.. syntaxes.Select((s, i) => TextOnly(binder, binder.Bind(s), i, name))];
        SqlType type = arguments[0].Type;
        SqlType valueType = type.IsUnicodeString ? SqlType.NVarChar(type.Length, type.Collation) : SqlType.VarChar(type.Length, type.Collation);
        return name == "REGEXP_MATCHES"
            ? Produce(
                syntax.Alias ?? name,
                null,
                [
                    new("match_id", SqlType.BigInt, false),
                    new("start_position", SqlType.Int, false),
                    new("end_position", SqlType.Int, false),
                    new("match_value", valueType, true),
                    new("substring_matches", SqlType.Json, true),
                ],
                arguments,
                (_, values) => RowProducers.RegexMatches(values, valueType.Id),
                syntax.ColumnAliases,
                50,
                name)
            : Produce(
                syntax.Alias ?? name,
                null,
                [new("value", valueType, true), new("ordinal", SqlType.BigInt, false)],
                arguments,
                (_, values) => RowProducers.RegexSplit(values, valueType.Id),
                syntax.ColumnAliases,
                50,
                name);
    }

    /// <summary>An argument that must be text already; an untyped NULL counts as text.</summary>
    private static BoundExpression TextOnly(ExpressionBinder binder, BoundExpression argument, int index, string function) => argument.Type switch
    {
        { Id: SqlTypeId.Null } => binder.Coerce(argument, SqlType.VarChar(1)),
        { IsString: true, IsLegacyLob: false } => argument,
        _ => throw SqlErrors.Create(8116, argument.Type.ErrorName, index + 1, function.ToLowerInvariant()),
    };
}
