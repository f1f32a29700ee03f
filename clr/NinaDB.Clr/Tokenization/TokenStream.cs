using System.Text;

namespace NinaDB.Clr.Tokenization;

/// <summary>Decodes tokens one at a time. A character whose bytes are not all there yet waits for the rest.</summary>
public sealed class TokenStream
{
    private readonly Tokenizer _tokenizer;
    private readonly StringBuilder _text = new();
    private Utf8Assembler _assembler;
    private bool _stripBlank;

    internal TokenStream(Tokenizer tokenizer, bool continues)
    {
        _tokenizer = tokenizer;
        _stripBlank = !continues && tokenizer.StripsLeadingBlank;
    }

    /// <summary>The text that a token completes; may be empty.</summary>
    public string Push(int id)
    {
        _assembler.Push(_tokenizer.BytesOf(id), _text);
        return Take();
    }

    /// <summary>What is left at the end: U+FFFD for an incomplete character, else nothing.</summary>
    public string Finish()
    {
        _assembler.Finish(_text);
        return Take();
    }

    private string Take()
    {
        if (_text.Length == 0)
        {
            return string.Empty;
        }

        int start = _stripBlank && _text[0] == ' ' ? 1 : 0;
        _stripBlank = false;
        string text = _text.ToString(start, _text.Length - start);
        _text.Clear();
        return text;
    }
}
