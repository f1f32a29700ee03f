using System;
using System.Collections.Generic;

namespace NinaDB.Clr.Models;

/// <summary>
/// Finds stop sequences in a text that comes piece by piece. What may be the beginning of one is held back until the next pieces decide; of several that end the
/// text, the one that begins first counts.
/// </summary>
internal sealed class StopScanner
{
    private readonly IReadOnlyList<string> _stops;
    private string _held = string.Empty;

    public StopScanner(IReadOnlyList<string> stops) => _stops = stops;

    /// <summary>Whether a stop sequence was found; nothing is to be pushed then.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>The text that can be shown after a further piece.</summary>
    public string Push(string piece)
    {
        if (_stops.Count == 0)
        {
            return piece;
        }

        string text = _held + piece;
        int found = -1;
        foreach (string stop in _stops)
        {
            int at = text.IndexOf(stop, StringComparison.Ordinal);
            found = at >= 0 && (found < 0 || at < found) ? at : found;
        }

        int held = 0;
        if (found >= 0)
        {
            IsStopped = true;
            _held = string.Empty;
            return text.Substring(0, found);
        }

        foreach (string stop in _stops)
        {
            held = Math.Max(held, BeginningAtEnd(text, stop));
        }

        _held = text.Substring(text.Length - held);
        return text.Substring(0, text.Length - held);
    }

    /// <summary>What was held back, when no more text comes.</summary>
    public string Finish()
    {
        string rest = _held;
        _held = string.Empty;
        return rest;
    }

    /// <summary>How many characters at the end of the text are the beginning of a stop sequence.</summary>
    private static int BeginningAtEnd(string text, string stop)
    {
        for (int length = Math.Min(text.Length, stop.Length - 1); length > 0; length--)
        {
            if (string.CompareOrdinal(text, text.Length - length, stop, 0, length) == 0)
            {
                return length;
            }
        }

        return 0;
    }
}
