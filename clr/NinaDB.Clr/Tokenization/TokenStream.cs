using System.Text;

namespace NinaDB.Clr.Tokenization;

/// <summary>Decodes tokens one at a time. A character whose bytes are not all there yet waits for the rest.</summary>
public sealed class TokenStream
{
    private readonly Tokenizer _tokenizer;
    private readonly Decoder _decoder = new UTF8Encoding(false, false).GetDecoder();
    private bool _stripBlank;

    internal TokenStream(Tokenizer tokenizer, bool continues)
    {
        _tokenizer = tokenizer;
        _stripBlank = !continues && tokenizer.StripsLeadingBlank;
    }

    /// <summary>The text that a token completes; may be empty.</summary>
    public string Push(int id) => Decode(_tokenizer.BytesOf(id), flush: false);

    /// <summary>What is left at the end: U+FFFD for an incomplete character, else nothing.</summary>
    public string Finish() => Decode(new byte[0], flush: true);

    private string Decode(byte[] bytes, bool flush)
    {
        char[] chars = new char[bytes.Length + 4];
        int count = _decoder.GetChars(bytes, 0, bytes.Length, chars, 0, flush);
        if (count == 0)
        {
            return string.Empty;
        }

        int start = _stripBlank && chars[0] == ' ' ? 1 : 0;
        _stripBlank = false;
        return new string(chars, start, count - start);
    }
}
