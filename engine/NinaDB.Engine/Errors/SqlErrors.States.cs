using System.Collections.Frozen;

namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    /// <summary>The state a server gives with a message when it is not 1. States mean nothing to programs but appear in every log.</summary>
    private static readonly FrozenDictionary<int, byte> States = new Dictionary<int, byte>
    {
        [134] = 2,
        [137] = 2,
        [195] = 10,
        [201] = 4,
        [206] = 2,
        [220] = 2,
        [232] = 3,
        [234] = 2,
        [235] = 0,
        [242] = 3,
        [257] = 3,
        [468] = 9,
        [529] = 2,
        [535] = 0,
        [536] = 6,
        [547] = 0,
        [628] = 0,
        [103] = 4,
        [1035] = 10,
        [1087] = 2,
        [1767] = 0,
        [1776] = 0,
        [2759] = 0,
        [2812] = 62,
        [3701] = 5,
        [3727] = 0,
        [4621] = 10,
        [4922] = 9,
        [8110] = 0,
        [8114] = 5,
        [8115] = 2,
        [9807] = 0,
        [8144] = 2,
        [8145] = 2,
        [8155] = 2,
        [8169] = 2,
        [16002] = 0,
        [16003] = 0,
        [16004] = 0,
        [16005] = 0,
        [16006] = 0,
        [16007] = 0,
    }.ToFrozenDictionary();

    private static byte StateOf(int number) => States.GetValueOrDefault(number, (byte)1);
}
