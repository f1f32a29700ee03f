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

    /// <summary>Binding errors that no later statement of the batch can cure; they stop it before it starts.</summary>
    private static readonly FrozenSet<int> Compilation = new[]
    {
        104, 107, 108, 109, 110, 116, 120, 121, 137, 271, 272, 273, 145, 147, 157, 205, 207, 209, 213, 264, 446, 451, 456, 457, 468, 911, 339, 483, 1048, 9815, 1065, 1069, 1087, 4104, 4191, 8120, 8155, 8156, 8158, 8159, 10700,
    }.ToFrozenSet();

    /// <summary>Whether message 3621 follows when the error ends a data change: not when it was found before any row was touched.</summary>
    public static bool IsFollowedByTermination(int number) => number is not (127 or 213 or 1038 or 2705 or 2714 or 331 or 332 or 334 or 1031 or 229 or 230 or 544 or 545 or 1222 or 1934 or 3906 or 3915 or 8164 or 40517 or 50000);

    public static bool StopsCompilation(int number) => Compilation.Contains(number);

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
