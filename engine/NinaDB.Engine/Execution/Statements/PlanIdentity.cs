using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NinaDB.Engine.Syntax;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>What names a cached routine to the outside: its text as sys.dm_exec_sql_text shows it, its sql_handle and its plan_handle.</summary>
internal sealed class PlanIdentity
{
    /// <summary>Bytes of a handle: kind, database, object or hash.</summary>
    private const int HandleLength = 44;
    private const byte BatchText = 2, ModuleText = 3, ModulePlan = 5, BatchPlan = 6;

    private PlanIdentity(string text, byte[] sqlHandle, byte[] planHandle, int prefix)
    {
        Text = text;
        SqlHandle = sqlHandle;
        PlanHandle = planHandle;
        Prefix = prefix;
    }

    /// <summary>The text; that of a prepared batch begins with its parameters in parentheses.</summary>
    public string Text { get; }

    public byte[] SqlHandle { get; }

    public byte[] PlanHandle { get; }

    /// <summary>Characters before the text that statements count their offsets in.</summary>
    public int Prefix { get; }

    public static PlanIdentity Of(Routine routine)
    {
        if (routine.ObjectId != 0)
        {
            return new PlanIdentity(routine.Text, Module(ModuleText, routine), Module(ModulePlan, routine), 0);
        }

        string prefix = routine.Parameters.Count == 0
            ? ""
            : "(" + string.Join(",", routine.Parameters.Select(p => $"{p.Variable.Name} {p.Variable.Type.DisplayName}{(p.IsOutput ? " output" : "")}")) + ")";
        string text = prefix + routine.Text;
        return new PlanIdentity(text, HandleOf(text), Batch(BatchPlan, routine.CompiledIn, $"{routine.Kind}|{routine.WasQuoted}|{text}"), prefix.Length);
    }

    /// <summary>The sql_handle of a text that was sent as a batch.</summary>
    public static byte[] HandleOf(string text) => Batch(BatchText, 0, text);

    private static byte[] Module(byte kind, Routine routine)
    {
        byte[] handle = new byte[HandleLength];
        handle[0] = kind;
        BinaryPrimitives.WriteInt16LittleEndian(handle.AsSpan(2), (short)routine.CompiledIn);
        BinaryPrimitives.WriteInt32LittleEndian(handle.AsSpan(4), routine.ObjectId);
        SHA256.HashData(Bytes(routine.Text)).AsSpan(0, 16).CopyTo(handle.AsSpan(8));
        return handle;
    }

    private static byte[] Batch(byte kind, int databaseId, string text)
    {
        byte[] handle = new byte[HandleLength];
        handle[0] = kind;
        BinaryPrimitives.WriteInt16LittleEndian(handle.AsSpan(2), (short)databaseId);
        SHA256.HashData(Bytes(text)).AsSpan(0, 20).CopyTo(handle.AsSpan(4));
        return handle;
    }

    /// <summary>query_hash: the same for statements that differ in literals, case and spacing only.</summary>
    public static byte[] QueryHash(string statement)
    {
        var shape = new StringBuilder();
        foreach (Token token in new Lexer(statement, quotedIdentifier: true).Run())
        {
            bool isLiteral = token.Kind is TokenKind.Integer or TokenKind.Decimal or TokenKind.Float or TokenKind.Money or TokenKind.Binary or TokenKind.String or TokenKind.NationalString;
            shape.Append(isLiteral
                ? "?"
                : statement[token.Start..token.End].ToUpperInvariant()).Append(' ');
        }

        return HashOf(shape.ToString());
    }

    /// <summary>Eight bytes that stand for a text.</summary>
    public static byte[] HashOf(string text) => SHA256.HashData(Bytes(text))[..8];

    private static ReadOnlySpan<byte> Bytes(string text) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan());
}
