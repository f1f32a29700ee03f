using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

/// <summary>AI_GENERATE_CHUNKS: text in pieces of a fixed size.</summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/functions/ai-generate-chunks-transact-sql.</remarks>
internal sealed partial class QueryBinder
{
    private const string GenerateChunks = "AI_GENERATE_CHUNKS";
    private const int MaximumOverlap = 50;

    private BoundSource BindGenerateChunks(FunctionTableSource syntax, BindingScope lateral)
    {
        IReadOnlyList<Expression> written = syntax.Call.Arguments;
        var binder = new ExpressionBinder(lateral, this);
        BoundExpression text = binder.Bind(written[0]);
        if (!text.Type.IsString || text.Type.IsLegacyLob)
        {
            throw SqlErrors.Create(8116, text.Type.ErrorName, "source", GenerateChunks.ToLowerInvariant());
        }

        BoundExpression size = written[1] is LiteralExpression { Kind: LiteralKind.Default } ? throw SqlErrors.Create(313, GenerateChunks) : ChunkNumber(binder, written[1], "chunk_size");
        BoundExpression overlap = written[2] is LiteralExpression { Kind: LiteralKind.Default } ? new BoundConstant(SqlValue.FromBigInt(0), SqlType.BigInt) : ChunkNumber(binder, written[2], "overlap");
        bool hasSet = written[3] is not LiteralExpression { Kind: LiteralKind.Default } && binder.Bind(written[3]) switch
        {
            BoundConstant { Value.IsNull: true } => false,
            BoundConstant constant when constant.Type.IsExactInteger => constant.Value.AsInt64 != 0,
            _ => throw SqlErrors.Create(8748, "enable_chunk_set_id", GenerateChunks),
        };
        SqlType chunk = text.Type;
        var columns = new List<ResultColumnDefinition>
        {
            new("chunk", chunk, true), new("chunk_order", SqlType.BigInt, false), new("chunk_offset", SqlType.BigInt, false), new("chunk_length", SqlType.Int, false),
        };
        if (hasSet)
        {
            columns.Add(new ResultColumnDefinition("chunk_set_id", SqlType.BigInt, false));
        }

        var site = new object();
        return Produce(
            syntax.Alias ?? GenerateChunks,
            null,
            columns,
            [text, size, overlap],
            (context, values) =>
            {
                // Every text of a statement is a set of its own.
                if (context.FindCached(site) is not long[] sets)
                {
                    context.Cache(site, sets = new long[1]);
                }

                return Chunks(values, chunk.Id, hasSet, ++sets[0]);
            },
            syntax.ColumnAliases,
            50,
            GenerateChunks);
    }

    private static BoundExpression ChunkNumber(ExpressionBinder binder, Expression syntax, string name)
    {
        BoundExpression value = binder.Bind(syntax);
        return value.Type.IsExactInteger && value.Type.Id != SqlTypeId.Bit
            ? binder.Coerce(value, SqlType.BigInt)
            : throw SqlErrors.Create(8116, value.Type.Id == SqlTypeId.Null ? "NULL" : value.Type.ErrorName, name, GenerateChunks.ToLowerInvariant());
    }

    private static IEnumerable<SqlValue[]> Chunks(SqlValue?[] arguments, SqlTypeId kind, bool hasSet, long set)
    {
        SqlValue text = arguments[0]!.Value;
        long size = Number(arguments[1]!.Value, 1, long.MaxValue, "chunk_size");
        long overlap = Number(arguments[2]!.Value, 0, MaximumOverlap, "overlap");
        return text.IsNull ? [] : Pieces(text.AsString);

        static long Number(SqlValue value, long least, long most, string name) =>
            !value.IsNull && value.AsInt64 >= least && value.AsInt64 <= most ? value.AsInt64
                : throw SqlErrors.Create(4199, value.IsNull ? "NULL" : value.AsInt64, name, GenerateChunks.ToLowerInvariant());

        IEnumerable<SqlValue[]> Pieces(string all)
        {
            long step = size - (size / 100 * overlap) - (size % 100 * overlap / 100);
            long order = 0;
            for (long from = 0; from < all.Length; from += step)
            {
                var length = (int)Math.Min(size, all.Length - from);
                SqlValue[] row =
                [
                    SqlValue.FromString(all.Substring((int)from, length), kind), SqlValue.FromBigInt(++order), SqlValue.FromBigInt(from + 1), SqlValue.FromInt(length), SqlValue.FromBigInt(set),
                ];
                yield return hasSet ? row : row[..4];
                if (from + length >= all.Length)
                {
                    yield break;
                }
            }
        }
    }
}
