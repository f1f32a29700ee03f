using NinaDB.Engine.Errors;
using NinaDB.Engine.Session;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>sp_sequence_get_range.</summary>
internal static partial class SystemProcedures
{
    private static void AddSequenceProcedures(Action<SystemProcedure> add)
    {
        static SystemParameter Variant(string name) => new(name, SqlType.SqlVariant, IsOutput: true);
        add(Changes(
            "sp_sequence_get_range",
            TakeRange,
            [
                Required("@sequence_name", SqlType.NVarChar(776)), Required("@range_size", SqlType.BigInt), Variant("@range_first_value"), Variant("@range_last_value"),
                new SystemParameter("@range_cycle_count", SqlType.Int, IsOutput: true), Variant("@sequence_increment"), Variant("@sequence_min_value"), Variant("@sequence_max_value"),
            ]));
    }

    private static int TakeRange(SystemProcedureCall call)
    {
        string text = call.Text(0) ?? "";
        string[]? parts = Parser.TryParseName(text)?.ToArray();
        CatalogSnapshot catalog = call.Session.Catalog;
        CatalogObject? found = parts is null ? null : catalog.Find(parts.Length > 1 ? parts[^2] : call.Session.DefaultSchema, parts[^1]) ?? (parts.Length > 1 ? null : catalog.Find("dbo", parts[0]));
        if (found is not SequenceDefinition sequence)
        {
            throw found is null ? SqlErrors.Create(208, text) : SqlErrors.Create(11726, text);
        }

        long size = call.Arguments[1].IsNull ? 0 : call.Arguments[1].AsInt64;
        if (size <= 0)
        {
            throw SqlErrors.Create(11730);
        }

        (SqlValue first, SqlValue last, int cycles) = call.Session.NextSequenceRange(sequence, size);
        SqlValue Of(SqlValue value) => SqlValue.FromVariant(value, sequence.DataType);
        call.Arguments[2] = Of(first);
        call.Arguments[3] = Of(last);
        call.Arguments[4] = SqlValue.FromInteger(SqlTypeId.Int, cycles);
        call.Arguments[5] = Of(EngineSession.IntegerValue((Int128)sequence.Increment, sequence.DataType));
        call.Arguments[6] = Of(EngineSession.IntegerValue((Int128)sequence.Minimum, sequence.DataType));
        call.Arguments[7] = Of(EngineSession.IntegerValue((Int128)sequence.Maximum, sequence.DataType));
        return 0;
    }
}
