using System;
using System.Globalization;

namespace NinaDB.Clr.Errors;

/// <summary>The one exception that this assembly raises on purpose. <see cref="Number"/> is one of <see cref="ErrorNumber"/> (51000-51999).</summary>
public sealed class NinaException : Exception
{
    /// <summary>Creates an error with its number and a message that needs no stack trace to be understood.</summary>
    public NinaException(int number, string message)
        : base(message)
        => Number = number;

    /// <summary>Creates an error that was caused by another one, such as an I/O error of the operating system.</summary>
    public NinaException(int number, string message, Exception innerException)
        : base(message, innerException)
        => Number = number;

    /// <summary>The error number, 51000-51999.</summary>
    public int Number { get; }

    /// <summary>The text with its number in front, so that it survives where only text does: inside error 6522 of SQL Server.</summary>
    public override string Message => "[" + Number.ToString(CultureInfo.InvariantCulture) + "] " + base.Message;

    /// <summary>An error about a place in a file: names the file, the byte offset and the reason.</summary>
    public static NinaException InFile(int number, string file, long offset, string reason)
        => new(number, string.Format(CultureInfo.InvariantCulture, "File '{0}', offset {1}: {2}", file, offset, reason));

    /// <summary>An error about a file as a whole.</summary>
    public static NinaException InFile(int number, string file, string reason)
        => new(number, string.Format(CultureInfo.InvariantCulture, "File '{0}': {1}", file, reason));

    /// <summary>Raises <see cref="ErrorNumber.InvalidArgument"/> unless <paramref name="condition"/> holds.</summary>
    public static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new NinaException(ErrorNumber.InvalidArgument, message);
        }
    }
}
