using System;
using System.Collections.Generic;
using System.Globalization;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Tokenization;

/// <summary>What a token stands for.</summary>
public enum TokenKind : byte
{
    /// <summary>A piece of text.</summary>
    Normal,

    /// <summary>A single byte, written <c>&lt;0x0A&gt;</c>.</summary>
    Byte,

    /// <summary>The token for what the vocabulary cannot express.</summary>
    Unknown,

    /// <summary>A control token such as the start of a text; never text itself.</summary>
    Control,

    /// <summary>An id that no token has.</summary>
    Unused,
}

/// <summary>The tokens of a model: pieces by id, ids by piece.</summary>
public sealed class Vocabulary
{
    private readonly string[] _pieces;
    private readonly TokenKind[] _kinds;
    private readonly Dictionary<string, int> _ids;
    private readonly int[] _byteIds = new int[256];

    internal Vocabulary(string[] pieces, TokenKind[] kinds, string source)
    {
        _pieces = pieces;
        _kinds = kinds;
        _ids = new Dictionary<string, int>(pieces.Length, StringComparer.Ordinal);
        UnknownId = -1;
        for (int b = 0; b < 256; b++)
        {
            _byteIds[b] = -1;
        }

        for (int id = 0; id < pieces.Length; id++)
        {
            if (kinds[id] == TokenKind.Unused)
            {
                continue;
            }

            if (!_ids.ContainsKey(pieces[id]))
            {
                _ids.Add(pieces[id], id);
            }

            MaxPieceLength = Math.Max(MaxPieceLength, pieces[id].Length);
            if (kinds[id] == TokenKind.Byte)
            {
                _byteIds[ByteOf(pieces[id]) ?? throw NinaException.InFile(ErrorNumber.TokenizerInvalid, source, $"the byte token {id} is '{pieces[id]}', not of the form <0x0A>.")] = id;
            }
            else if (kinds[id] == TokenKind.Unknown && UnknownId < 0)
            {
                UnknownId = id;
            }
        }
    }

    /// <summary>The number of ids, unused ones included.</summary>
    public int Count => _pieces.Length;

    /// <summary>The id of the unknown token, -1 when there is none.</summary>
    public int UnknownId { get; }

    /// <summary>The length of the longest piece, in UTF-16 units.</summary>
    public int MaxPieceLength { get; }

    /// <summary>The piece of a token as the vocabulary writes it (blanks are U+2581).</summary>
    public string this[int id]
        => (uint)id < (uint)_pieces.Length ? _pieces[id] : throw new NinaException(ErrorNumber.TokenOutOfRange, $"Token {id} is outside the vocabulary of {_pieces.Length}.");

    /// <summary>What a token stands for.</summary>
    public TokenKind KindOf(int id)
        => (uint)id < (uint)_kinds.Length ? _kinds[id] : throw new NinaException(ErrorNumber.TokenOutOfRange, $"Token {id} is outside the vocabulary of {_kinds.Length}.");

    /// <summary>The id of a piece, -1 when there is none.</summary>
    public int IdOf(string piece) => _ids.TryGetValue(piece, out int id) ? id : -1;

    /// <summary>The id of the token of a byte, -1 when there is none.</summary>
    public int IdOfByte(byte value) => _byteIds[value];

    /// <summary>The byte of a piece of the form <c>&lt;0x0A&gt;</c>, else null.</summary>
    internal static byte? ByteOf(string piece)
        => piece.Length == 6 && piece[0] == '<' && piece[1] == '0' && piece[2] == 'x' && piece[5] == '>'
            && byte.TryParse(piece.Substring(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : null;
}
