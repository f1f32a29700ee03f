namespace NinaDB.Clr.Models;

/// <summary>
/// The two orders of the rows of a head: interleaved, rotary pairs being neighbours (0, n/2, 1, n/2+1, ... of the other order), as GGUF
/// stores the Llama family and everybody Llama 4; and with rotary pairs half a head apart, as Hugging Face has the others and as weights are in memory.
/// </summary>
internal static class RotaryLayout
{
    /// <summary>For every row of the order in memory, the interleaved row that it is.</summary>
    public static int[] FromInterleaved(int rows, int headSize, int rotarySize)
    {
        int[] order = new int[rows];
        int half = rotarySize / 2;
        for (int row = 0; row < rows; row++)
        {
            int inHead = row % headSize;
            order[row] = inHead >= rotarySize ? row : row - inHead + (2 * (inHead % half)) + (inHead / half);
        }

        return order;
    }

    /// <summary>For every interleaved row, the row in memory that it is.</summary>
    public static int[] ToInterleaved(int rows, int headSize, int rotarySize)
    {
        int[] from = FromInterleaved(rows, headSize, rotarySize);
        int[] order = new int[rows];
        for (int row = 0; row < rows; row++)
        {
            order[from[row]] = row;
        }

        return order;
    }
}
