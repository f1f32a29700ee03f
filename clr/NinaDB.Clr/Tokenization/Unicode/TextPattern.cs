using System;
using System.Collections.Generic;
using NinaDB.Clr.Errors;

namespace NinaDB.Clr.Tokenization.Unicode;

/// <summary>
/// A small pattern language for pre-tokenizers: alternatives, groups, classes with \p{..}, greedy, lazy and possessive repetition, looking ahead. It works on
/// code points (the runtime's Regex sees halves of surrogate pairs, and its Unicode version differs), tries alternatives in order like the engines that the
/// tokenizers were made with, and does a bounded amount of work for a text. What it does not know it refuses by name.
/// </summary>
internal sealed class TextPattern
{
    /// <summary>Steps that matching may take a character of text, on average.</summary>
    private const int StepsPerCharacter = 256;

    private const int FreeSteps = 100_000;

    private readonly Instruction[] _program;
    private readonly int[] _alternatives;

    /// <summary>For each alternative, the ASCII characters that it can start with: two halves of 64 bits.</summary>
    private readonly ulong[] _firstAscii;

    private TextPattern(string text, Instruction[] program, int[] alternatives, ulong[] firstAscii)
    {
        Text = text;
        _program = program;
        _alternatives = alternatives;
        _firstAscii = firstAscii;
    }

    /// <summary>What an instruction does.</summary>
    internal enum Op : byte
    {
        /// <summary>One code point of the set.</summary>
        One,

        /// <summary>As many code points of the set as there are, Min to Max of them; gives them back one by one unless it is possessive.</summary>
        Many,

        /// <summary>Goes on at Next, or else at Other.</summary>
        Split,

        /// <summary>Goes on at Other.</summary>
        Jump,

        /// <summary>Looks ahead: the program at Next must match (or must not, when negated); goes on at Other.</summary>
        Look,

        /// <summary>The program at Next must match and is not tried again; goes on at Other after it.</summary>
        Atomic,

        /// <summary>The start of the text.</summary>
        Start,

        /// <summary>The end of the text.</summary>
        End,

        /// <summary>Between a word character and another one.</summary>
        WordBoundary,

        /// <summary>The end of a program.</summary>
        Match,
    }

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>Compiles a pattern; <paramref name="source"/> names it in errors. Raises <see cref="ErrorNumber.PatternUnsupported"/>.</summary>
    public static TextPattern Compile(string pattern, string source)
    {
        PatternNode root = new PatternParser(pattern, source).Parse();
        var compiler = new PatternCompiler(pattern, source);
        IReadOnlyList<PatternNode> branches = root is AlternativesNode choice ? choice.Branches : new[] { root };
        int[] alternatives = new int[branches.Count];
        ulong[] firstAscii = new ulong[2 * branches.Count];
        for (int i = 0; i < alternatives.Length; i++)
        {
            alternatives[i] = compiler.Count;
            compiler.Emit(branches[i]);
            compiler.EmitMatch();
            branches[i].AddFirstAscii(firstAscii, 2 * i);
        }

        return new TextPattern(pattern, compiler.ToProgram(), alternatives, firstAscii);
    }

    /// <summary>Finds all matches in a part of a text, one after the other; empty matches are not reported.</summary>
    public void FindAll(string text, int start, int end, List<TextRange> matches)
    {
        var run = new Run(this, text, start, end);
        for (int position = start; position < end;)
        {
            int matched = run.MatchAt(position);
            if (matched > position)
            {
                matches.Add(new TextRange(position, matched));
                position = matched;
            }
            else
            {
                position = run.SkipFrom(position);
            }
        }
    }

    /// <summary>The code point at a position; half a pair counts as itself.</summary>
    internal static int CodePointAt(string text, int position, int end)
    {
        char c = text[position];
        return (c & 0xFC00) == 0xD800 && position + 1 < end && char.IsLowSurrogate(text[position + 1]) ? char.ConvertToUtf32(c, text[position + 1]) : c;
    }

    /// <summary>One step of a program.</summary>
    internal readonly struct Instruction
    {
        public readonly Op Op;
        public readonly bool Flag;
        public readonly CodePointSet? Set;
        public readonly int Min;
        public readonly int Max;
        public readonly int Next;
        public readonly int Other;

        public Instruction(Op op, CodePointSet? set = null, int min = 0, int max = 0, bool flag = false, int next = 0, int other = 0)
        {
            Op = op;
            Set = set;
            Min = min;
            Max = max;
            Flag = flag;
            Next = next;
            Other = other;
        }
    }

    /// <summary>The state of one search.</summary>
    private struct Run
    {
        private readonly TextPattern _pattern;
        private readonly string _text;
        private readonly int _start;
        private readonly int _end;
        private long _steps;

        /// <summary>Where to go on after a failure: instruction, position, and the position that it may go back to (-1 for a plain choice).</summary>
        private int[] _stack;

        public Run(TextPattern pattern, string text, int start, int end)
        {
            _pattern = pattern;
            _text = text;
            _start = start;
            _end = end;
            _steps = FreeSteps + ((long)(end - start) * StepsPerCharacter);
            _stack = new int[48];
        }

        public int MatchAt(int position)
        {
            char c = _text[position];
            int[] alternatives = _pattern._alternatives;
            for (int i = 0; i < alternatives.Length; i++)
            {
                if (c < 128 && (_pattern._firstAscii[(2 * i) + (c >> 6)] >> (c & 63) & 1) == 0)
                {
                    continue;
                }

                int matched = Match(alternatives[i], position, 0);
                if (matched >= 0)
                {
                    return matched;
                }
            }

            return -1;
        }

        /// <summary>
        /// The next position to try after none was found. Where the pattern is a run of a set with something after it, no later start within the run can match
        /// either: every end of the run was tried.
        /// </summary>
        public int SkipFrom(int position)
        {
            Instruction first = _pattern._program[0];
            if (_pattern._alternatives.Length == 1 && first.Op == Op.Many && first.Min <= 1 && first.Max == int.MaxValue)
            {
                int end = position;
                while (end < _end && first.Set!.Contains(CodePointAt(_text, end, _end)))
                {
                    end += Width(end);
                }

                if (end > position)
                {
                    return end;
                }
            }

            return position + Width(position);
        }

        private int Width(int position)
            => (_text[position] & 0xFC00) == 0xD800 && position + 1 < _end && char.IsLowSurrogate(_text[position + 1]) ? 2 : 1;

        private int Match(int pc, int position, int depth)
        {
            int floor = depth;
            Instruction[] program = _pattern._program;
            while (true)
            {
                if (--_steps < 0)
                {
                    throw new NinaException(
                        ErrorNumber.PatternTooCostly, $"The pre-tokenizer's pattern takes too long on this text: {Json.JsonReader.Shorten(_pattern.Text)}");
                }

                ref readonly Instruction step = ref program[pc];
                bool failed = false;
                switch (step.Op)
                {
                    case Op.One:
                        if (position < _end && step.Set!.Contains(CodePointAt(_text, position, _end)))
                        {
                            position += Width(position);
                            pc++;
                        }
                        else
                        {
                            failed = true;
                        }

                        break;
                    case Op.Many:
                        int least = position;
                        int count = 0;
                        CodePointSet set = step.Set!;
                        while (position < _end && count < step.Max)
                        {
                            char c = _text[position];
                            int width = 1;
                            int codePoint = c;
                            if ((c & 0xFC00) == 0xD800 && position + 1 < _end && char.IsLowSurrogate(_text[position + 1]))
                            {
                                width = 2;
                                codePoint = char.ConvertToUtf32(c, _text[position + 1]);
                            }

                            if (!set.Contains(codePoint))
                            {
                                break;
                            }

                            position += width;
                            if (++count == step.Min)
                            {
                                least = position;
                            }
                        }

                        _steps -= count >> 3;
                        if (count < step.Min)
                        {
                            failed = true;
                        }
                        else
                        {
                            if (!step.Flag && position > least)
                            {
                                Push(ref depth, pc + 1, position, least);
                            }

                            pc++;
                        }

                        break;
                    case Op.Split:
                        Push(ref depth, step.Other, position, -1);
                        pc = step.Next;
                        break;
                    case Op.Jump:
                        pc = step.Other;
                        break;
                    case Op.Look:
                        failed = Match(step.Next, position, depth) >= 0 == step.Flag;
                        pc = step.Other;
                        break;
                    case Op.Atomic:
                        int after = Match(step.Next, position, depth);
                        failed = after < 0;
                        position = after;
                        pc = step.Other;
                        break;
                    case Op.Start:
                        failed = position != _start;
                        pc++;
                        break;
                    case Op.End:
                        failed = position != _end;
                        pc++;
                        break;
                    case Op.WordBoundary:
                        failed = IsWordBefore(position) != IsWordAt(position) == step.Flag;
                        pc++;
                        break;
                    default:
                        return position;
                }

                if (failed && !TryBack(ref depth, floor, out pc, out position))
                {
                    return -1;
                }
            }
        }

        private bool IsWordAt(int position) => position < _end && WordSet.Contains(CodePointAt(_text, position, _end));

        private bool IsWordBefore(int position)
        {
            if (position == _start)
            {
                return false;
            }

            int before = position - 1;
            return WordSet.Contains(CodePointAt(_text, before > _start && char.IsLowSurrogate(_text[before]) && char.IsHighSurrogate(_text[before - 1]) ? before - 1 : before, _end));
        }

        private void Push(ref int depth, int pc, int position, int least)
        {
            if (3 * (depth + 1) > _stack.Length)
            {
                Array.Resize(ref _stack, _stack.Length * 2);
            }

            int at = 3 * depth++;
            _stack[at] = pc;
            _stack[at + 1] = position;
            _stack[at + 2] = least;
        }

        private bool TryBack(ref int depth, int floor, out int pc, out int position)
        {
            if (depth == floor)
            {
                pc = 0;
                position = 0;
                return false;
            }

            int at = 3 * (depth - 1);
            pc = _stack[at];
            position = _stack[at + 1];
            int least = _stack[at + 2];
            if (least < 0)
            {
                depth--;
                return true;
            }

            position--;
            if (position > least && char.IsLowSurrogate(_text[position]) && char.IsHighSurrogate(_text[position - 1]))
            {
                position--;
            }

            _stack[at + 1] = position;
            if (position <= least)
            {
                depth--;
            }

            return true;
        }
    }

    private static readonly CodePointSet WordSet = CodePointSet.PatternWord().Freeze();
}

/// <summary>A part of a text: from Start up to, not including, End.</summary>
internal readonly struct TextRange
{
    public readonly int Start;
    public readonly int End;

    public TextRange(int start, int end)
    {
        Start = start;
        End = end;
    }
}
