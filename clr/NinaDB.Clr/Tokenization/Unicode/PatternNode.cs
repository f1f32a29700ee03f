using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Tokenization.Unicode;

/// <summary>A part of a parsed pattern.</summary>
internal abstract class PatternNode
{
    /// <summary>Whether it can match nothing at all.</summary>
    public abstract bool CanBeEmpty { get; }

    /// <summary>Adds the ASCII characters that a match can start with to two words of 64 bits; all of them where it cannot tell.</summary>
    public virtual void AddFirstAscii(ulong[] bits, int at)
    {
        bits[at] = ulong.MaxValue;
        bits[at + 1] = ulong.MaxValue;
    }
}

/// <summary>One code point of a set.</summary>
internal sealed class SetNode : PatternNode
{
    public SetNode(CodePointSet set) => Set = set.Freeze();

    public CodePointSet Set { get; }

    public override bool CanBeEmpty => false;

    public override void AddFirstAscii(ulong[] bits, int at)
    {
        bits[at] |= Set.AsciiBits(0);
        bits[at + 1] |= Set.AsciiBits(1);
    }
}

/// <summary>Parts one after the other.</summary>
internal sealed class SequenceNode : PatternNode
{
    public SequenceNode(List<PatternNode> parts) => Parts = parts;

    public List<PatternNode> Parts { get; }

    public override bool CanBeEmpty => Parts.TrueForAll(p => p.CanBeEmpty);

    public override void AddFirstAscii(ulong[] bits, int at)
    {
        foreach (PatternNode part in Parts)
        {
            part.AddFirstAscii(bits, at);
            if (!part.CanBeEmpty)
            {
                return;
            }
        }

        base.AddFirstAscii(bits, at);
    }
}

/// <summary>One of several, the first that fits.</summary>
internal sealed class AlternativesNode : PatternNode
{
    public AlternativesNode(List<PatternNode> branches) => Branches = branches;

    public List<PatternNode> Branches { get; }

    public override bool CanBeEmpty => Branches.Exists(b => b.CanBeEmpty);

    public override void AddFirstAscii(ulong[] bits, int at)
    {
        foreach (PatternNode branch in Branches)
        {
            branch.AddFirstAscii(bits, at);
        }
    }
}

/// <summary>How a repetition gives characters back.</summary>
internal enum RepeatMode
{
    /// <summary>As many as there are, one less when the rest fails.</summary>
    Greedy,

    /// <summary>As few as needed.</summary>
    Lazy,

    /// <summary>As many as there are, never less.</summary>
    Possessive,
}

/// <summary>A part several times.</summary>
internal sealed class RepeatNode : PatternNode
{
    public RepeatNode(PatternNode body, int min, int max, RepeatMode mode)
    {
        Body = body;
        Min = min;
        Max = max;
        Mode = mode;
    }

    public PatternNode Body { get; }

    public int Min { get; }

    /// <summary>The most times, <see cref="int.MaxValue"/> without a limit.</summary>
    public int Max { get; }

    public RepeatMode Mode { get; }

    public override bool CanBeEmpty => Min == 0 || Body.CanBeEmpty;

    public override void AddFirstAscii(ulong[] bits, int at) => Body.AddFirstAscii(bits, at);
}

/// <summary>Something that is so at a place, and takes no characters.</summary>
internal sealed class AssertionNode : PatternNode
{
    public AssertionNode(TextPattern.Op op, bool negated, PatternNode? body = null)
    {
        Op = op;
        Negated = negated;
        Body = body;
    }

    public TextPattern.Op Op { get; }

    public bool Negated { get; }

    public PatternNode? Body { get; }

    public override bool CanBeEmpty => true;
}

/// <summary>A group that is matched once and not tried again.</summary>
internal sealed class AtomicNode : PatternNode
{
    public AtomicNode(PatternNode body) => Body = body;

    public PatternNode Body { get; }

    public override bool CanBeEmpty => Body.CanBeEmpty;

    public override void AddFirstAscii(ulong[] bits, int at) => Body.AddFirstAscii(bits, at);
}

/// <summary>Turns a parsed pattern into a program.</summary>
internal sealed class PatternCompiler
{
    private const int MaxInstructions = 8192;

    private readonly List<TextPattern.Instruction> _program = new();
    private readonly string _pattern;
    private readonly string _source;

    public PatternCompiler(string pattern, string source)
    {
        _pattern = pattern;
        _source = source;
    }

    public int Count => _program.Count;

    public TextPattern.Instruction[] ToProgram() => _program.ToArray();

    public void EmitMatch() => Add(new TextPattern.Instruction(TextPattern.Op.Match));

    public void Emit(PatternNode node)
    {
        switch (node)
        {
            case SetNode set:
                Add(new TextPattern.Instruction(TextPattern.Op.One, set.Set));
                break;
            case SequenceNode sequence:
                sequence.Parts.ForEach(Emit);
                break;
            case AlternativesNode alternatives:
                EmitAlternatives(alternatives);
                break;
            case RepeatNode repeat:
                EmitRepeat(repeat);
                break;
            case AtomicNode atomic:
                EmitInner(TextPattern.Op.Atomic, atomic.Body, false);
                break;
            case AssertionNode { Body: { } body } look:
                EmitInner(TextPattern.Op.Look, body, look.Negated);
                break;
            case AssertionNode assertion:
                Add(new TextPattern.Instruction(assertion.Op, flag: assertion.Negated));
                break;
        }
    }

    private void EmitAlternatives(AlternativesNode alternatives)
    {
        var jumps = new List<int>();
        for (int i = 0; i < alternatives.Branches.Count; i++)
        {
            if (i == alternatives.Branches.Count - 1)
            {
                Emit(alternatives.Branches[i]);
                break;
            }

            int split = Reserve();
            Emit(alternatives.Branches[i]);
            jumps.Add(Reserve());
            _program[split] = new TextPattern.Instruction(TextPattern.Op.Split, next: split + 1, other: Count);
        }

        foreach (int jump in jumps)
        {
            _program[jump] = new TextPattern.Instruction(TextPattern.Op.Jump, other: Count);
        }
    }

    private void EmitRepeat(RepeatNode repeat)
    {
        if (repeat.Body is SetNode set && repeat.Mode != RepeatMode.Lazy)
        {
            Add(new TextPattern.Instruction(TextPattern.Op.Many, set.Set, repeat.Min, repeat.Max, repeat.Mode == RepeatMode.Possessive));
            return;
        }

        if (repeat.Mode == RepeatMode.Possessive)
        {
            EmitInner(TextPattern.Op.Atomic, new RepeatNode(repeat.Body, repeat.Min, repeat.Max, RepeatMode.Greedy), false);
            return;
        }

        if (repeat.Max > 1 && repeat.Body.CanBeEmpty)
        {
            throw NinaException.InFile(
                ErrorNumber.PatternUnsupported, _source, $"the pattern '{Json.JsonReader.Shorten(_pattern)}' repeats a group that can be empty, which is not supported.");
        }

        for (int i = 0; i < repeat.Min; i++)
        {
            Emit(repeat.Body);
        }

        bool lazy = repeat.Mode == RepeatMode.Lazy;
        if (repeat.Max == int.MaxValue)
        {
            int split = Reserve();
            Emit(repeat.Body);
            Add(new TextPattern.Instruction(TextPattern.Op.Jump, other: split));
            SetSplit(split, lazy);
            return;
        }

        var splits = new List<int>();
        for (int i = repeat.Min; i < repeat.Max; i++)
        {
            splits.Add(Reserve());
            Emit(repeat.Body);
        }

        foreach (int split in splits)
        {
            SetSplit(split, lazy);
        }
    }

    /// <summary>Lets a choice go on after itself or at the end of the program so far.</summary>
    private void SetSplit(int split, bool lazy)
        => _program[split] = lazy
            ? new TextPattern.Instruction(TextPattern.Op.Split, next: Count, other: split + 1)
            : new TextPattern.Instruction(TextPattern.Op.Split, next: split + 1, other: Count);

    private void EmitInner(TextPattern.Op op, PatternNode body, bool negated)
    {
        int at = Reserve();
        Emit(body);
        EmitMatch();
        _program[at] = new TextPattern.Instruction(op, flag: negated, next: at + 1, other: Count);
    }

    private int Reserve()
    {
        Add(default);
        return Count - 1;
    }

    private void Add(in TextPattern.Instruction instruction)
    {
        if (_program.Count >= MaxInstructions)
        {
            throw NinaException.InFile(ErrorNumber.PatternUnsupported, _source, $"the pattern '{Json.JsonReader.Shorten(_pattern)}' is too large.");
        }

        _program.Add(instruction);
    }
}
