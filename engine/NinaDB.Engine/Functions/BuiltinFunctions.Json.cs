using System.Text;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Json;

namespace NinaDB.Engine.Functions;

/// <summary>JSON functions.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/json-functions-transact-sql.</remarks>
internal static partial class BuiltinFunctions
{
    private static void AddJsonFamily(Action<BuiltinFunction> add)
    {
        add(new BuiltinFunction("ISJSON", 1, 2, BindIsJson) { KeywordArguments = [1] });
        add(Function("JSON_VALUE", 2, 2, BindJsonValue));
        add(Function("JSON_QUERY", 1, 2, BindJsonQuery));
        add(Function("JSON_MODIFY", 3, 3, BindJsonModify));
        add(Function("JSON_PATH_EXISTS", 2, 2, b => new BoundFunction(SqlType.Int, true, [JsonArgument(b), PathArgument(b, 1)], static (_, a) =>
            SqlValue.FromInt(JsonLookup.Find(a[0].AsString, JsonPath.Parse(a[1].AsString)) is null ? 0 : 1))));
        add(Function("JSON_CONTAINS", 2, 4, BindJsonContains));
        add(Function("JSON_OBJECT", 0, 508, BindJsonObject));
        add(Function("JSON_ARRAY", 0, 254, BindJsonArray));
    }

    /// <summary>The document: json or a string. Error 8116 for other types.</summary>
    private static SqlType JsonArgument(FunctionBinding b)
    {
        SqlType type = b.ArgumentTypes[0];
        return type.Id == SqlTypeId.Json ? type
            : type.Id == SqlTypeId.Null ? SqlType.NVarCharMax
            : type.IsString ? StringArgument(b, 0)
            : throw InvalidArgument(b, 0);
    }

    private static SqlType PathArgument(FunctionBinding b, int index) =>
        b.ArgumentTypes[index].IsString || IsNullArgument(b, index) ? SqlType.NVarChar(4000) : throw InvalidArgument(b, index);

    /// <summary>Whether an argument is JSON by construction, so that it is embedded and not quoted.</summary>
    internal static bool ProducesJson(Expression expression, SqlType type) => type.Id is SqlTypeId.Json or SqlTypeId.Vector || expression switch
    {
        FunctionCallExpression { Name: { Parts.Count: 1 } name } => name.Name.ToUpperInvariant() is "JSON_QUERY" or "JSON_MODIFY" or "JSON_OBJECT" or "JSON_ARRAY" or "JSON_OBJECTAGG" or "JSON_ARRAYAGG",
        ScalarSubqueryExpression { Query.For.Kind: ForKind.JsonPath or ForKind.JsonAuto } => true,
        _ => false,
    };

    private static BoundFunction BindIsJson(FunctionBinding b)
    {
        SqlType type = b.ArgumentTypes[0];
        string? constraint = b.Keywords.Count > 1 ? b.Keywords[1]?.ToUpperInvariant() : null;
        if (constraint is not (null or "VALUE" or "ARRAY" or "OBJECT" or "SCALAR"))
        {
            throw SqlErrors.Create(155, b.Keywords[1], "ISJSON");
        }

        if (!type.IsString && type.Id is not (SqlTypeId.Json or SqlTypeId.Null))
        {
            throw InvalidArgument(b, 0);
        }

        return new BoundFunction(SqlType.Int, true, [null], (_, a) =>
        {
            if (a[0].IsNull)
            {
                return SqlValue.Null;
            }

            bool valid = JsonLookup.IsValid(a[0].AsString, out JsonKind kind) && constraint switch
            {
                "VALUE" => true,
                "ARRAY" => kind == JsonKind.Array,
                "OBJECT" => kind == JsonKind.Object,
                "SCALAR" => kind is JsonKind.String or JsonKind.Number,
                _ => kind is JsonKind.Array or JsonKind.Object,
            };
            return SqlValue.FromInt(valid ? 1 : 0);
        })
        { NullIfAnyNull = false };
    }

    private static BoundFunction BindJsonValue(FunctionBinding b)
    {
        SqlType result = b.Returning ?? SqlType.NVarChar(4000);
        return new BoundFunction(result, true, [JsonArgument(b), PathArgument(b, 1)], (context, a) =>
        {
            string json = a[0].AsString;
            JsonPath path = JsonPath.Parse(a[1].AsString);
            if (JsonLookup.Find(json, path) is not { } value)
            {
                return path.IsStrict ? throw SqlErrors.CreateWithState(13608, 1) : SqlValue.Null;
            }

            if (value.IsContainer)
            {
                return path.IsStrict ? throw SqlErrors.CreateWithState(13623, 1) : SqlValue.Null;
            }

            if (b.Returning is not null)
            {
                return ReturnScalar(json, value, result, path.IsStrict, context);
            }

            string? text = JsonLookup.ScalarText(json, value);
            return text is null ? SqlValue.Null
                : text.Length <= 4000 ? SqlValue.FromString(text)
                : path.IsStrict ? throw SqlErrors.Create(13625) : SqlValue.Null;
        });
    }

    private static SqlValue ReturnScalar(string json, JsonRange value, SqlType type, bool isStrict, ExecutionContext context)
    {
        try
        {
            if (type.IsString && !type.IsMax && JsonLookup.ScalarText(json, value) is { } text && text.Length > type.Length)
            {
                return isStrict ? throw SqlErrors.Create(8152) : SqlValue.Null;
            }

            return OpenJson.ScalarValue(json, value, type, context.Session.Options);
        }
        catch (SqlErrorException) when (!isStrict)
        {
            return SqlValue.Null;
        }
    }

    private static BoundFunction BindJsonQuery(FunctionBinding b)
    {
        SqlType type = JsonArgument(b);
        SqlType result = type.Id == SqlTypeId.Json ? SqlType.Json : SqlType.NVarCharMax;
        bool wrap = b.Syntax.WithArrayWrapper;
        return new BoundFunction(result, true, b.ArgumentTypes.Count > 1 ? [type, PathArgument(b, 1)] : [type], (_, a) =>
        {
            string json = a[0].AsString;
            JsonPath path = a.Length > 1 ? JsonPath.Parse(a[1].AsString) : JsonPath.Root;
            if (wrap)
            {
                List<JsonRange> all = JsonLookup.FindAll(json, path);
                return all.Count == 0 && path.IsStrict ? throw SqlErrors.CreateWithState(13608, 1)
                    : all.Count == 0 ? SqlValue.Null
                    : Text("[" + string.Join(',', all.Select(r => r.Slice(json).ToString())) + "]", result);
            }

            if (JsonLookup.Find(json, path) is not { } value)
            {
                return path.IsStrict ? throw SqlErrors.CreateWithState(13608, 1) : SqlValue.Null;
            }

            return value.IsContainer ? Text(value.Slice(json).ToString(), result)
                : path.IsStrict ? throw SqlErrors.CreateWithState(13624, 1) : SqlValue.Null;
        });
    }

    private static BoundFunction BindJsonModify(FunctionBinding b)
    {
        SqlType type = JsonArgument(b);
        SqlType newType = b.ArgumentTypes[2];
        if (newType.Id is SqlTypeId.Xml or SqlTypeId.Image or SqlTypeId.HierarchyId)
        {
            throw InvalidArgument(b, 2);
        }

        bool isJson = ProducesJson(b.Syntax.Arguments[2], newType);
        SqlType result = type.Id == SqlTypeId.Json ? SqlType.Json : SqlType.NVarCharMax;
        return new BoundFunction(result, true, [type, PathArgument(b, 1)], (_, a) =>
        {
            if (a[0].IsNull || a[1].IsNull)
            {
                return SqlValue.Null;
            }

            string? newValue = null;
            if (!a[2].IsNull)
            {
                var text = new StringBuilder();
                JsonWriter.AppendValue(text, a[2], newType, isJson);
                newValue = text.ToString();
            }

            string modified = JsonModify.Apply(a[0].AsString, JsonPath.Parse(a[1].AsString), newValue);
            return Text(result.Id == SqlTypeId.Json ? JsonCanonical.Canonicalize(modified) : modified, result);
        })
        { NullIfAnyNull = false };
    }

    private static BoundFunction BindJsonContains(FunctionBinding b)
    {
        SqlType sought = b.ArgumentTypes[1];
        bool comparable = sought.IsExactInteger || sought.IsDecimal || (sought.IsString && !sought.IsLegacyLob) || sought.IsApproximate;
        if (!comparable && !IsNullArgument(b, 1))
        {
            throw InvalidArgument(b, 1);
        }

        Collation collation = CollationOf(sought);
        SqlType?[] types = [JsonArgument(b), null, b.ArgumentTypes.Count > 2 ? PathArgument(b, 2) : null, SqlType.Int];
        return new BoundFunction(SqlType.Int, true, types, (_, a) =>
        {
            if (a[0].IsNull || (a.Length > 2 && a[2].IsNull))
            {
                return SqlValue.Null;
            }

            long mode = a.Length > 3 && !a[3].IsNull ? a[3].AsInt64 : 0;
            if (mode is not (0 or 1))
            {
                throw SqlErrors.Create(13692, mode);
            }

            string json = a[0].AsString;
            List<JsonRange> values = JsonLookup.FindAll(json, JsonPath.Parse(a.Length > 2 ? a[2].AsString : "$[*]"));
            return values.Count == 0 ? SqlValue.Null : SqlValue.FromInt(!a[1].IsNull && values.Exists(v => Holds(json, v, a[1], sought, mode, collation)) ? 1 : 0);
        })
        { NullIfAnyNull = false };
    }

    private static bool Holds(string json, JsonRange value, SqlValue sought, SqlType type, long mode, Collation collation)
    {
        switch (value.Kind)
        {
            case JsonKind.String when type.IsString:
                string text = JsonLookup.ScalarText(json, value)!;
                return mode == 0 ? collation.Equals(text, sought.AsString) : LikeMatcher.Create(sought.AsString, null, collation, isUnicode: true).IsMatch(text);
            case JsonKind.Boolean when type.Id == SqlTypeId.Bit:
                return sought.AsBoolean == (json[value.Start] == 't');
            case JsonKind.Number when type.IsNumber && type.Id != SqlTypeId.Bit:
                return type.IsApproximate || !SqlConvert.TryParseDecimal(value.Slice(json), out Numeric128 number, out _)
                    ? double.Parse(value.Slice(json), System.Globalization.CultureInfo.InvariantCulture) == SqlConvert.Convert(sought, type, SqlType.Float).AsDouble
                    : number.Equals(type.IsDecimal ? sought.AsNumeric : Numeric128.FromInt64(sought.AsInt64));
            default:
                return false;
        }
    }

    /// <summary>RETURNING json, or an embedded json value, makes the result json; otherwise nvarchar(max).</summary>
    private static SqlType ConstructedType(FunctionBinding b) =>
        b.Returning?.Id == SqlTypeId.Json || b.ArgumentTypes.Any(t => t.Id == SqlTypeId.Json) ? SqlType.Json : SqlType.NVarCharMax;

    private static SqlValue Constructed(StringBuilder text, SqlType type) =>
        Text(type.Id == SqlTypeId.Json ? JsonCanonical.Canonicalize(text.ToString()) : text.ToString(), type);

    /// <summary>Arguments are key, value, key, value ...</summary>
    private static BoundFunction BindJsonObject(FunctionBinding b)
    {
        SqlType result = ConstructedType(b);
        bool absent = b.Syntax.AbsentOnNull ?? false;
        int count = b.ArgumentTypes.Count / 2;
        bool[] isJson = [.. Enumerable.Range(0, count).Select(i => ProducesJson(b.Syntax.Arguments[i], b.ArgumentTypes[(2 * i) + 1]))];
        var types = new SqlType?[count * 2];
        for (int i = 0; i < count; i++)
        {
            types[2 * i] = SqlType.NVarChar(4000);
        }

        return new BoundFunction(result, false, types, (_, a) =>
        {
            var text = new StringBuilder("{");
            for (int i = 0; i < count; i++)
            {
                SqlValue value = a[(2 * i) + 1];
                if (a[2 * i].IsNull)
                {
                    throw SqlErrors.Create(13638);
                }

                if (value.IsNull && absent)
                {
                    continue;
                }

                text.Append(text.Length > 1 ? "," : string.Empty);
                JsonWriter.AppendString(text, a[2 * i].AsString);
                text.Append(':');
                JsonWriter.AppendValue(text, value, b.ArgumentTypes[(2 * i) + 1], isJson[i]);
            }

            return Constructed(text.Append('}'), result);
        })
        { NullIfAnyNull = false };
    }

    private static BoundFunction BindJsonArray(FunctionBinding b)
    {
        SqlType result = ConstructedType(b);
        bool absent = b.Syntax.AbsentOnNull ?? true;
        bool[] isJson = [.. b.ArgumentTypes.Select((t, i) => ProducesJson(b.Syntax.Arguments[i], t))];
        return new BoundFunction(result, false, [], (_, a) =>
        {
            var text = new StringBuilder("[");
            for (int i = 0; i < isJson.Length; i++)
            {
                if (a[i].IsNull && absent)
                {
                    continue;
                }

                text.Append(text.Length > 1 ? "," : string.Empty);
                JsonWriter.AppendValue(text, a[i], b.ArgumentTypes[i], isJson[i]);
            }

            return Constructed(text.Append(']'), result);
        })
        { NullIfAnyNull = false };
    }
}
