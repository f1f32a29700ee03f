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
        add(Function("JSON_PATH_EXISTS", 2, 2, BindJsonPathExists));
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

    /// <summary>The path: a string that is not the literal NULL.</summary>
    private static SqlType PathArgument(FunctionBinding b, int index)
    {
        if (IsNullArgument(b, index) && b.ArgumentTypes[index].Id == SqlTypeId.Null)
        {
            bool isLower = b.Name is "JSON_VALUE" or "JSON_MODIFY";
            throw SqlErrors.CreateWithState(8116, isLower ? (byte)1 : (byte)8, "NULL", index + 1, isLower ? b.Name.ToLowerInvariant() : b.Name);
        }

        return b.ArgumentTypes[index].IsString && !b.ArgumentTypes[index].IsLegacyLob ? SqlType.NVarChar(4000) : throw InvalidArgument(b, index);
    }

    /// <summary>The path as a call has it. A NULL is an error whatever the document holds; text documents do not take every accessor.</summary>
    private static JsonPath PathOf(string function, SqlValue[] arguments, int index, SqlType document, bool appends = false)
    {
        if (arguments[index].IsNull)
        {
            throw SqlErrors.CreateWithState(8116, 8, "NULL", index + 1, function);
        }

        JsonPath path = appends ? JsonPath.Parse(arguments[index].AsString) : JsonPath.ParsePlain(arguments[index].AsString);
        if (document.Id != SqlTypeId.Json && !arguments[0].IsNull)
        {
            path.CheckText();
        }

        return path;
    }

    private static BoundFunction BindJsonPathExists(FunctionBinding b)
    {
        SqlType type = JsonArgument(b);
        return new BoundFunction(SqlType.Int, true, [type, PathArgument(b, 1)], (_, a) =>
        {
            JsonPath path = PathOf("JSON_PATH_EXISTS", a, 1, type);
            if (a[0].IsNull)
            {
                return SqlValue.Null;
            }

            // It answers for the whole document, and never complains of it.
            if (!JsonLookup.IsValid(a[0].AsString, out JsonKind kind) || kind is not (JsonKind.Object or JsonKind.Array))
            {
                return SqlValue.FromInt(0);
            }

            JsonLookup.FindAll(a[0].AsString, path, out bool isFound);
            return SqlValue.FromInt(isFound ? 1 : 0);
        })
        { NullIfAnyNull = false };
    }

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
        SqlType type = JsonArgument(b);
        if (b.Returning is not null && type.Id != SqlTypeId.Json)
        {
            throw SqlErrors.Create(102, "RETURNING");
        }

        return new BoundFunction(result, true, [type, PathArgument(b, 1)], (context, a) =>
        {
            JsonPath path = PathOf("JSON_VALUE", a, 1, type);
            if (a[0].IsNull)
            {
                return SqlValue.Null;
            }

            string json = a[0].AsString;
            if (JsonLookup.Find(json, path) is not { } value)
            {
                return path.IsStrict ? throw SqlErrors.CreateWithState(13608, type.Id == SqlTypeId.Json ? (byte)5 : (byte)1) : SqlValue.Null;
            }

            if (value.IsContainer)
            {
                return path.IsStrict ? throw SqlErrors.CreateWithState(13623, 2) : SqlValue.Null;
            }

            if (b.Returning is not null)
            {
                return ReturnScalar(json, value, result, path.IsStrict, context);
            }

            string? text = JsonLookup.ScalarText(json, value);
            return text is null ? SqlValue.Null
                : text.Length <= 4000 ? SqlValue.FromString(text)
                : path.IsStrict ? throw SqlErrors.Create(13625) : SqlValue.Null;
        })
        { NullIfAnyNull = false };
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
        SqlType result = type.Id == SqlTypeId.Json ? SqlType.Json : type.IsMax || b.ArgumentTypes[0].Id == SqlTypeId.Null ? SqlType.NVarCharMax : SqlType.NVarChar(4000);
        byte missing = type.Id == SqlTypeId.Json ? (byte)5 : (byte)1;
        bool wrap = b.Syntax.WithArrayWrapper;
        bool hasPath = b.ArgumentTypes.Count > 1;
        return new BoundFunction(result, true, hasPath ? [type, PathArgument(b, 1)] : [type], (_, a) =>
        {
            JsonPath path = hasPath ? PathOf("JSON_QUERY", a, 1, type) : JsonPath.Root;
            if (a[0].IsNull)
            {
                return SqlValue.Null;
            }

            string json = a[0].AsString;
            if (wrap)
            {
                List<JsonRange> all = JsonLookup.FindAll(json, path, out bool isFound);
                return isFound ? Text("[" + string.Join(',', all.Select(r => r.Slice(json).ToString())) + "]", result)
                    : path.IsStrict ? throw SqlErrors.CreateWithState(13608, type.Id == SqlTypeId.Json ? (byte)5 : (byte)2) : SqlValue.Null;
            }

            if (JsonLookup.Find(json, path) is not { } value)
            {
                return path.IsStrict ? throw SqlErrors.CreateWithState(13608, missing) : SqlValue.Null;
            }

            return value.IsContainer ? Text(value.Slice(json).ToString(), result)
                : path.IsStrict && value.Kind != JsonKind.Null ? throw SqlErrors.CreateWithState(13624, type.IsMax ? (byte)1 : (byte)2) : SqlValue.Null;
        })
        { NullIfAnyNull = false };
    }

    private static BoundFunction BindJsonModify(FunctionBinding b)
    {
        SqlType type = JsonArgument(b);
        SqlType newType = b.ArgumentTypes[2];
        bool isWritable = (newType.IsString && !newType.IsLegacyLob) || newType.IsExactInteger || newType.IsDecimal || newType.IsApproximate || newType.Id is SqlTypeId.Bit or SqlTypeId.Null
            || (newType.Id == SqlTypeId.Json && type.Id == SqlTypeId.Json);
        if (!isWritable)
        {
            throw InvalidArgument(b, 2);
        }

        bool isJson = ProducesJson(b.Syntax.Arguments[2], newType);
        SqlType result = type.Id == SqlTypeId.Json ? SqlType.Json : SqlType.NVarCharMax;
        return new BoundFunction(result, true, [type, PathArgument(b, 1)], (_, a) =>
        {
            JsonPath path = PathOf("JSON_MODIFY", a, 1, type, appends: true);
            if (a[0].IsNull)
            {
                return SqlValue.Null;
            }

            if (!path.IsSingle)
            {
                throw SqlErrors.CreateWithState(13660, type.Id == SqlTypeId.Json ? (byte)5 : (byte)4);
            }

            string? newValue = null;
            if (!a[2].IsNull)
            {
                var text = new StringBuilder();
                JsonWriter.AppendValue(text, a[2], newType, isJson);
                newValue = text.ToString();
            }

            string modified = JsonModify.Apply(a[0].AsString, path, newValue);
            return Text(result.Id == SqlTypeId.Json ? JsonCanonical.Canonicalize(modified) : modified, result);
        })
        { NullIfAnyNull = false };
    }

    private static BoundFunction BindJsonContains(FunctionBinding b)
    {
        SqlType sought = b.ArgumentTypes[1];
        bool comparable = sought.IsExactInteger || sought.IsDecimal || sought.Id == SqlTypeId.Bit || (sought.IsString && !sought.IsLegacyLob);
        if (!comparable)
        {
            throw InvalidArgument(b, 1);
        }

        Collation collation = CollationOf(sought);
        if (b.ArgumentTypes[0].Id is not (SqlTypeId.Json or SqlTypeId.Null))
        {
            throw InvalidArgument(b, 0);
        }

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
                JsonWriter.AppendString(text, a[2 * i].AsString, escapeSolidus: true);
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
