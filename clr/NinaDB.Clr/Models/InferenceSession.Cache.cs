using System;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Models;

/// <content>Room for keys, values and rotary angles. It grows with the sequence: a context of a million tokens costs nothing until it is used.</content>
public sealed unsafe partial class InferenceSession
{
    private const int FirstRoom = 256;

    /// <summary>Keys by layer: [key-value head, dimension, position], so that positions are scored side by side.</summary>
    private readonly float[][] _keys;

    /// <summary>Values by layer: [key-value head, position, dimension].</summary>
    private readonly float[][] _values;

    /// <summary>The rotary angles; null where positions are not rotary.</summary>
    private RopeTable? _rope;

    /// <summary>The rotary angles of local layers; the same as <see cref="_rope"/> in most models.</summary>
    private RopeTable? _localRope;

    /// <summary>The positions that there is room for, at most <see cref="Capacity"/>.</summary>
    private int _room;

    /// <summary>Makes room for positions up to <paramref name="end"/>. Raises <see cref="ErrorNumber.ContextExceeded"/>.</summary>
    private void MakeRoom(int end)
    {
        if (end <= _room)
        {
            return;
        }

        if (end > Capacity)
        {
            throw new NinaException(ErrorNumber.ContextExceeded, $"{end} tokens do not fit into a context of {Capacity}.");
        }

        int room = (int)Math.Min(Capacity, Math.Max(Math.Max(FirstRoom, end), 2L * _room));
        int rows = _keyHeads * _headSize;
        for (int l = 0; l < _keys.Length; l++)
        {
            _keys[l] = Widen(_keys[l], rows, _room, room);
            _values[l] = Widen(_values[l], _keyHeads, _room * (long)_headSize, room * (long)_headSize);
        }

        if (_config.Position == PositionKind.Rotary)
        {
            _rope = new RopeTable(_config.RotarySize, room, _config.RopeTheta, _config.RopeScaling, _weights.RopeFactors);
            _localRope = _config.LocalRopeTheta > 0 ? new RopeTable(_config.RotarySize, room, _config.LocalRopeTheta, RopeScaling.None, null) : _rope;
        }

        _room = room;
    }

    /// <summary>Rows of <paramref name="from"/> numbers as rows of <paramref name="to"/>.</summary>
    private static float[] Widen(float[] source, int rows, long from, long to)
    {
        if (rows * to > 0x7FFFFFC7)
        {
            throw new NinaException(ErrorNumber.ModelTooLarge, $"{rows * to} keys or values of a layer do not fit into one array: the sequence is too long for this model.");
        }

        float[] target = new float[rows * to];
        for (int r = 0; r < rows; r++)
        {
            Array.Copy(source, r * from, target, r * to, from);
        }

        return target;
    }
}
