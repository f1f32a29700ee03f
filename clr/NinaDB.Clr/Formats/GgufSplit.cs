using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Storage;

namespace NinaDB.Clr.Formats;

/// <summary>
/// A GGUF model in several files, named <c>model-00001-of-00003.gguf</c>. The first has all metadata; every part says which one it is (<c>split.no</c>, from 0)
/// and of how many (<c>split.count</c>).
/// </summary>
internal static class GgufSplit
{
    private const int Digits = 5;
    private const string Infix = "-of-";
    private const string Extension = ".gguf";
    private const int NamesInMessage = 5;

    /// <summary>
    /// The paths of all parts of the model that a path is a part of, in order; null for a file that is not named as a part. Raises
    /// <see cref="ErrorNumber.GgufSplit"/> with the names of the parts that are missing.
    /// </summary>
    public static string[]? PartsOf(string path)
    {
        string name = Path.GetFileName(path);
        if (!TryParse(name, out string prefix, out int number, out int count))
        {
            return null;
        }

        if (number < 1 || number > count)
        {
            throw NinaException.InFile(ErrorNumber.GgufSplit, path, $"there is no part {number} of {count}.");
        }

        string folder = Path.GetDirectoryName(path) ?? string.Empty;
        string extension = name.Substring(name.Length - Extension.Length);
        var missing = new List<string>();
        string[] parts = new string[count];
        for (int i = 0; i < count; i++)
        {
            parts[i] = Path.Combine(folder, string.Format(CultureInfo.InvariantCulture, "{0}-{1:D5}-of-{2:D5}{3}", prefix, i + 1, count, extension));
            if (!File.Exists(parts[i]))
            {
                missing.Add(Path.GetFileName(parts[i]));
            }
        }

        return missing.Count == 0 ? parts : throw Missing(ErrorNumber.GgufSplit, path, missing);
    }

    /// <summary>The name of the model that a path is a part of, without the number of the part; null for a file that is not named as a part.</summary>
    public static string? NameOf(string path) => TryParse(Path.GetFileName(path), out string prefix, out _, out _) ? prefix : null;

    /// <summary>The one name that stands for files which are all parts of the same model; null when they are not.</summary>
    public static string? Common(IReadOnlyList<string> paths)
    {
        string? common = null;
        foreach (string path in paths)
        {
            if (!TryParse(Path.GetFileName(path), out string prefix, out _, out int count) || (common ??= prefix + Infix + count) != prefix + Infix + count)
            {
                return null;
            }
        }

        return common == null ? null : paths[0];
    }

    /// <summary>An error that names the files of a model that are not there.</summary>
    public static NinaException Missing(int errorNumber, string path, List<string> missing)
    {
        string names = string.Join(", ", missing.GetRange(0, Math.Min(NamesInMessage, missing.Count)));
        string more = missing.Count > NamesInMessage ? $" and {missing.Count - NamesInMessage} more" : string.Empty;
        return NinaException.InFile(errorNumber, path, $"the model is incomplete: {names}{more} {(missing.Count == 1 ? "is" : "are")} missing.");
    }

    /// <summary>Checks that headers are those of all parts of one model, in order.</summary>
    public static void Check(IReadOnlyList<GgufHeader> headers, IReadOnlyList<FileIdentity> files)
    {
        long tensors = 0;
        for (int i = 0; i < headers.Count; i++)
        {
            long count = headers[i]["split.count"]?.AsInt64() ?? (headers.Count == 1 ? 1 : 0);
            if (count > 1 && headers.Count == 1)
            {
                throw NinaException.InFile(
                    ErrorNumber.GgufSplit, files[i].Path, $"is one of {count} parts of a model; the parts are found by names that end in -00001-of-{count:D5}.gguf.");
            }

            if (headers.Count > 1 && (count != headers.Count || headers[i]["split.no"]?.AsInt64() != i))
            {
                throw NinaException.InFile(
                    ErrorNumber.GgufSplit, files[i].Path, $"says that it is part {headers[i]["split.no"]?.AsInt64() ?? -1} of {count} (counted from 0), not part {i} of {headers.Count}.");
            }

            tensors += headers[i].Tensors.Count;
        }

        if (headers[0]["split.tensors.count"]?.AsInt64() is long announced && announced != tensors)
        {
            throw NinaException.InFile(ErrorNumber.GgufSplit, files[0].Path, $"announces {announced} tensors; the parts have {tensors}.");
        }
    }

    private static bool TryParse(string name, out string prefix, out int number, out int count)
    {
        // Ends in -NNNNN-of-NNNNN.gguf.
        int end = name.Length - Extension.Length;
        int start = end - Digits - Infix.Length - Digits - 1;
        prefix = string.Empty;
        number = count = 0;
        if (start < 1 || !name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) || name[start] != '-'
            || string.CompareOrdinal(name, start + 1 + Digits, Infix, 0, Infix.Length) != 0
            || !int.TryParse(name.Substring(start + 1, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            || !int.TryParse(name.Substring(end - Digits, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out count))
        {
            return false;
        }

        prefix = name.Substring(0, start);
        return true;
    }
}
