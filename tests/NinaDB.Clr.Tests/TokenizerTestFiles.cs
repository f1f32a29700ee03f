using System.Text;
using NinaDB.Clr.Formats;
using NinaDB.Clr.Tokenization;

namespace NinaDB.Clr.Tests;

/// <summary>Small tokenizer files made in memory.</summary>
internal static class TokenizerTestFiles
{
    /// <summary>Reads a tokenizer from a GGUF file that holds nothing but the metadata.</summary>
    public static Tokenizer FromMetadata(IReadOnlyList<(string Key, GgufValue Value)> metadata)
    {
        var stream = new MemoryStream();
        var writer = new BinaryWriter(stream);
        writer.Write(GgufHeader.Magic);
        writer.Write(3u);
        writer.Write(0ul);
        writer.Write((ulong)metadata.Count);
        foreach ((string key, GgufValue value) in metadata)
        {
            WriteText(writer, key);
            writer.Write((uint)value.Type);
            if (value.Type == GgufType.Array)
            {
                writer.Write((uint)value.ElementType);
                var items = (Array)value.Value;
                writer.Write((ulong)items.Length);
                foreach (object item in items)
                {
                    WriteScalar(writer, item);
                }
            }
            else
            {
                WriteScalar(writer, value.Value);
            }
        }

        stream.Position = 0;
        return TokenizerGgufReader.Read(GgufHeader.Read(stream, stream.Length, "memory.gguf"), "memory.gguf");
    }

    private static void WriteScalar(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case string text:
                WriteText(writer, text);
                break;
            case bool flag:
                writer.Write(flag ? (byte)1 : (byte)0);
                break;
            case byte number:
                writer.Write(number);
                break;
            case int number:
                writer.Write(number);
                break;
            case uint number:
                writer.Write(number);
                break;
            case float number:
                writer.Write(number);
                break;
            default:
                throw new NotSupportedException(value.GetType().Name);
        }
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }
}
