using System.Data.SqlTypes;
using System.Text.Json;
using NinaDB.Clr.Capabilities;
using NinaDB.Clr.Distillation;
using NinaDB.Clr.Errors;
using NinaDB.Clr.Models;
using NinaDB.Clr.SqlEntryPoints;
using NinaDB.Clr.Tensors;

namespace NinaDB.Clr.Tests;

/// <summary>An export that is not the model it was made from is found out, and nothing of it stays.</summary>
public sealed class ExportCheckTests
{
    private static readonly string[] Texts = [.. TestData.ProbeTexts("chess", 3)];

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    [InlineData(DType.Q8_0)]
    public void Another_model_is_no_export_of_this_one(DType written)
    {
        LanguageModel model = TestData.Nina;
        Assert.Equal(0, ExportCheck.Compare(model, model, Texts, written));
        LanguageModel other = Ablation.Without(model, [new ComponentId(ComponentKind.Head, 1, 3)]);
        Assert.Equal(ErrorNumber.ExportDiffers, Assert.Throws<NinaException>(() => ExportCheck.Compare(model, other, Texts, written)).Number);
    }

    [Fact]
    public void A_failing_check_deletes_what_was_written()
    {
        using var folder = new TemporaryFolder();
        string other = folder.File("other");
        HuggingFaceWriter.Write(other, Ablation.Without(TestData.Nina, [new ComponentId(ComponentKind.Layer, 1, 0)]), DType.BF16);
        string target = folder.File("target");
        NinaException error = Assert.Throws<NinaException>(() => ExportFunctions.WriteExport(Manifest(other), Manifest(TestData.NinaMini), target, SqlString.Null, SqlBinary.Null, JsonSerializer.Serialize(Texts)));
        Assert.Equal(ErrorNumber.ExportDiffers, error.Number);
        Assert.False(Directory.Exists(target));
    }

    private static string Manifest(string folder) => JsonSerializer.Serialize(
        new[] { ("model.safetensors", "weights"), ("config.json", "config"), ("tokenizer.json", "tokenizer") }
            .Select(f => new { name = f.Item1, kind = f.Item2, path = Path.Combine(folder, f.Item1) }));
}
