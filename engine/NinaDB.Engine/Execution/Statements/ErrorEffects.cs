using System.Collections.Frozen;
using NinaDB.Engine.Errors;

namespace NinaDB.Engine.Execution.Statements;

/// <summary>How far an uncaught error reaches. Caught, only <see cref="EndsTransaction"/> matters: it dooms the transaction.</summary>
internal enum ErrorEffect : byte
{
    /// <summary>The statement is undone; the batch goes on.</summary>
    EndsStatement,

    /// <summary>The procedure or dynamic batch ends; its caller goes on (binding errors found at run time).</summary>
    EndsScope,

    /// <summary>The batch ends; an open transaction stays open (THROW).</summary>
    EndsBatch,

    /// <summary>The batch ends and the transaction is rolled back.</summary>
    EndsTransaction,
}

/// <summary>An operation that changes rows: when an error ends it, message 3621 follows.</summary>
internal interface IDataChange
{
    /// <summary>Whether the error is one of the statement's run time.</summary>
    bool IsTerminatedBy(int number) => true;
}

/// <summary>SQL Server's (undocumented) classes of errors.</summary>
/// <remarks>https://www.sommarskog.se/error_handling/Part2.html lists what each of them does.</remarks>
internal static class ErrorEffects
{
    /// <summary>Run-time errors that end the batch and roll back, XACT_ABORT or not: conversion failures, deadlock, mistakes of XML.</summary>
    private static readonly FrozenSet<int> TransactionEnding = new[]
    {
        235, 241, 244, 245, 248, 295, 1205, 3609, 3616, 3930, 8114, 8169, 8672,
    }.ToFrozenSet();

    /// <summary>
    /// Errors of compilation that are left to a statement's turn: objects that may yet be made, permissions, locks, and what this host refuses by itself.
    /// </summary>
    private static readonly FrozenSet<int> Deferred = new[]
    {
        208, 229, 230, 262, 297, 300, 307, 308, 371, 596, 601, 701, 916, 923, 924, 927, 942, 1205, 1222, 1934, 1935, 2812, 3906, 3908, 3910, 3930, 3960, 3961, 4121, 6522, 6829, 8655, 13544, 13559, 13560, 13561, 15151, 15247, 15562, 40517,
    }.ToFrozenSet();

    /// <summary>Whether message 3621 follows when the error ends a data change: not when it was found before any row was touched.</summary>
    public static bool IsFollowedByTermination(int number) => number is not (127 or 213 or 1038 or 2705 or 2714 or 331 or 332 or 334 or 1031 or 229 or 230 or 544 or 545 or 1222 or 1934 or 3906 or 3915 or 8164 or 40517 or 50000);

    /// <summary>Whether an error that was met while a statement was compiled stops its batch before anything of it has run.</summary>
    public static bool StopsCompilation(int number) => !Deferred.Contains(number);

    public static ErrorEffect Of(SqlErrorException exception, bool isBinding, Session.SessionOptions options)
    {
        bool xactAbort = options.XactAbort || (options is { ArithAbort: true, AnsiWarnings: false } && Expressions.ExpressionCompiler.IsArithmetic(exception.Error.Number));
        if (exception.IsRaised)
        {
            return ErrorEffect.EndsStatement;
        }

        if (exception.EndsTransaction || TransactionEnding.Contains(exception.Error.Number))
        {
            return ErrorEffect.EndsTransaction;
        }

        if (xactAbort && exception.Error.Number != 266)
        {
            return ErrorEffect.EndsTransaction;
        }

        if (exception.IsThrown)
        {
            return ErrorEffect.EndsBatch;
        }

        return isBinding ? ErrorEffect.EndsScope : ErrorEffect.EndsStatement;
    }
}
