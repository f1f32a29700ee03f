using NinaDB.Clr.Fuzzing;

namespace NinaDB.Clr.Tests;

public sealed class FuzzTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(20260)]
    public void Mutated_files_are_read_or_refused_with_a_number(long seed)
    {
        var fuzzer = new HeaderFuzzer(seed);
        Assert.Null(fuzzer.Run(8000));
        Assert.True(fuzzer.Accepted > 100);
        Assert.True(fuzzer.Refused.Count > 15);
    }
}
