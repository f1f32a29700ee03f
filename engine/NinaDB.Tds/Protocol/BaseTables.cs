using NinaDB.Engine;

namespace NinaDB.Tds.Protocol;

/// <summary>TABNAME and COLINFO ([MS-TDS] 2.2.7.20 and .5): the base tables of a result and which of their columns it shows.</summary>
internal static class BaseTables
{
    private const byte Expression = 4, Key = 8, Hidden = 16, DifferentName = 32;

    public static void Write(PacketOutput output, IReadOnlyList<ResultColumn> columns)
    {
        List<IReadOnlyList<string>> tables = [];
        foreach (ResultColumn column in columns)
        {
            if (column.Base is { Table.Count: > 0 } found && Find(tables, found.Table) < 0)
            {
                tables.Add(found.Table);
            }
        }

        if (tables.Count is 0 or > byte.MaxValue)
        {
            return;
        }

        output.Write(Token.TableNames);
        output.Write((ushort)tables.Sum(t => 1 + t.Sum(part => 2 + (part.Length * 2))));
        foreach (IReadOnlyList<string> table in tables)
        {
            output.Write((byte)table.Count);
            foreach (string part in table)
            {
                output.WriteShortText(part);
            }
        }

        output.Write(Token.ColumnInformation);
        output.Write((ushort)columns.Sum(c => 3 + (HasOtherName(c) ? 1 + (c.Base!.Name.Length * 2) : 0)));
        for (int i = 0; i < columns.Count; i++)
        {
            BaseColumn found = columns[i].Base!;
            bool isExpression = found.Table.Count == 0;
            bool hasOtherName = HasOtherName(columns[i]);
            output.Write((byte)(i + 1));
            output.Write((byte)(isExpression ? 0 : Find(tables, found.Table) + 1));
            output.Write((byte)((isExpression ? Expression : 0) | (found.IsKey ? Key : 0) | (found.IsAdded ? Hidden : 0) | (hasOtherName ? DifferentName : 0)));
            if (hasOtherName)
            {
                output.WriteByteText(found.Name);
            }
        }
    }

    private static bool HasOtherName(ResultColumn column) => column.Base is { Table.Count: > 0 } found && found.Name != column.Name;

    private static int Find(List<IReadOnlyList<string>> tables, IReadOnlyList<string> table) => tables.FindIndex(t => t.SequenceEqual(table));
}
