using System.Collections.Frozen;

namespace NinaDB.Engine.Syntax;

/// <summary>The reserved words of T-SQL: never identifiers unless quoted. All other words are contextual and compared by text.</summary>
internal enum Keyword : byte
{
    None, Add, All, Alter, And, Any, As, Asc, Authorization, Backup, Begin, Between, Break, Browse, Bulk, By, Cascade, Case, Check,
    Checkpoint, Close, Clustered, Coalesce, Collate, Column, Commit, Compute, Constraint, Contains, ContainsTable, Continue, Convert,
    Create, Cross, Current, Current_Date, Current_Time, Current_Timestamp, Current_User, Cursor, Database, Dbcc, Deallocate, Declare,
    Default, Delete, Deny, Desc, Disk, Distinct, Distributed, Double, Drop, Dump, Else, End, Errlvl, Escape, Except, Exec, Execute,
    Exists, Exit, External, Fetch, File, FillFactor, For, Foreign, FreeText, FreeTextTable, From, Full, Function, Goto, Grant, Group,
    Having, HoldLock, Identity, Identity_Insert, IdentityCol, If, In, Index, Inner, Insert, Intersect, Into, Is, Join, Key, Kill, Left,
    Like, Lineno, Load, Merge, National, NoCheck, NonClustered, Not, Null, NullIf, Of, Off, Offsets, On, Open, OpenDataSource, OpenQuery,
    OpenRowSet, OpenXml, Option, Or, Order, Outer, Over, Percent, Pivot, Plan, Primary, Print, Proc, Procedure, Public,
    RaisError, Read, ReadText, Reconfigure, References, Replication, Restore, Restrict, Return, Revert, Revoke, Right, Rollback,
    RowCount, RowGuidCol, Rule, Save, Schema, SecurityAudit, Select, SemanticKeyPhraseTable, SemanticSimilarityDetailsTable,
    SemanticSimilarityTable, Session_User, Set, SetUser, Shutdown, Some, Statistics, System_User, Table, TableSample, TextSize, Then, To,
    Top, Tran, Transaction, Trigger, Truncate, Try_Convert, TsEqual, Union, Unique, Unpivot, Update, UpdateText, Use, User, Values,
    Varying, View, WaitFor, When, Where, While, With, WriteText,
}

/// <summary>Lookup of reserved words by span, without allocating.</summary>
internal static class KeywordTable
{
    private const int ShortestKeyword = 2;

    private static readonly FrozenDictionary<string, Keyword> Keywords = Enum.GetValues<Keyword>()
        .Where(k => k != Keyword.None)
        .ToFrozenDictionary(k => k.ToString(), k => k, StringComparer.OrdinalIgnoreCase);

    private static readonly int LongestKeyword = Keywords.Keys.Max(k => k.Length);

    private static readonly FrozenDictionary<string, Keyword>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Keywords.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The reserved word, or <see cref="Keyword.None"/>.</summary>
    public static Keyword Find(ReadOnlySpan<char> word) =>
        word.Length >= ShortestKeyword && word.Length <= LongestKeyword && Lookup.TryGetValue(word, out Keyword keyword) ? keyword : Keyword.None;

    /// <summary>True when <paramref name="word"/> must be quoted to serve as an identifier.</summary>
    public static bool IsReserved(ReadOnlySpan<char> word) => Find(word) != Keyword.None;
}
