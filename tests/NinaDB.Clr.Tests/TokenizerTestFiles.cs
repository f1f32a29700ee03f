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

    /// <summary>A tokenizer.model of pieces with scores and types.</summary>
    public static byte[] SentencePieceModel(int modelType, IEnumerable<(string Piece, float Score, int Type)> pieces, bool blankPrefix = true, bool removesBlanks = false)
    {
        var model = new MemoryStream();
        foreach ((string piece, float score, int type) in pieces)
        {
            var message = new MemoryStream();
            Field(message, 1, Encoding.UTF8.GetBytes(piece));
            message.WriteByte((2 << 3) | 5);
            message.Write(BitConverter.GetBytes(score));
            Varint(message, 3 << 3, (ulong)type);
            Field(model, 1, message.ToArray());
        }

        var trainer = new MemoryStream();
        Varint(trainer, 3 << 3, (ulong)modelType);
        Varint(trainer, 40 << 3, 0);
        Varint(trainer, 41 << 3, 1);
        Varint(trainer, 42 << 3, 2);
        Field(model, 2, trainer.ToArray());
        var normalizer = new MemoryStream();
        Varint(normalizer, 3 << 3, blankPrefix ? 1ul : 0);
        Varint(normalizer, 4 << 3, removesBlanks ? 1ul : 0);
        Field(model, 3, normalizer.ToArray());
        return model.ToArray();
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

    private static void Field(MemoryStream stream, int number, byte[] bytes)
    {
        Varint(stream, (number << 3) | 2, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void Varint(MemoryStream stream, int tag, ulong value)
    {
        foreach (ulong part in new[] { (ulong)tag, value })
        {
            ulong rest = part;
            for (; rest >= 0x80; rest >>= 7)
            {
                stream.WriteByte((byte)(rest | 0x80));
            }

            stream.WriteByte((byte)rest);
        }
    }
}
