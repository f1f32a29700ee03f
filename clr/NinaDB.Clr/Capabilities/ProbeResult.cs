using System;
using System.Collections.Generic;
using NinaDB.Clr.Models;

namespace NinaDB.Clr.Capabilities;

/// <summary>Skills, importance, meaning vectors and contexts of all components, measured on probe texts and held in memory.</summary>
public sealed class ProbeResult
{
    private readonly ProbeEvaluation _evaluation;
    private readonly List<ProbeBlock> _blocks;
    private readonly int _blockSize;

    internal ProbeResult(ProbeEvaluation evaluation, int parallelism)
    {
        _evaluation = evaluation;
        _blockSize = evaluation.BlockSize;
        _blocks = new List<ProbeBlock>(evaluation.Blocks(true, MeaningMode.Full, null, parallelism));
    }

    /// <summary>The components.</summary>
    public ComponentLayout Layout => _evaluation.Layout;

    /// <summary>The domains.</summary>
    public IReadOnlyList<string> Domains => _evaluation.Domains;

    /// <summary>Embeds queries in the space of the meaning vectors; to be stored with them.</summary>
    public TextEmbedder Embedder => _evaluation.Embedder;

    /// <summary>The skill level of a component, by position in the layout.</summary>
    public double SkillLevel(int component, int domain) => Block(component, out int c).Skills[(c * Domains.Count) + domain];

    /// <summary>The importance of a component.</summary>
    public double Importance(int component, int domain) => Block(component, out int c).Importance[(c * Domains.Count) + domain];

    /// <summary>+1 or -1: the sign of the component's mean activation over all probe tokens.</summary>
    public int Sign(int component) => _evaluation.Sign(Block(component, out int c), c);

    /// <summary>The meaning vector [hidden] of a component: a unit vector, or zero for a component that never varies.</summary>
    public float[] MeaningVector(int component)
    {
        float[] vector = new float[_evaluation.Model.Config.HiddenSize];
        Array.Copy(Block(component, out int c).Meaning!, (long)c * vector.Length, vector, 0, vector.Length);
        return vector;
    }

    /// <summary>The importance of every neuron for some domains together (their mean): [layer][neuron], as selection wants it.</summary>
    public double[][] NeuronImportance(IReadOnlyList<string> domains)
    {
        double[][] result = new double[Layout.LayerCount][];
        for (int l = 0; l < result.Length; l++)
        {
            int layer = Layout.FirstLayer + l;
            result[l] = MeanImportance(domains, Layout.NeuronStart(layer), Layout.NeuronCount(layer));
        }

        return result;
    }

    /// <summary>The importance of every expert, the shared one last: [layer][expert].</summary>
    public double[][] ExpertImportance(IReadOnlyList<string> domains)
    {
        double[][] result = new double[Layout.LayerCount][];
        for (int l = 0; l < result.Length; l++)
        {
            int layer = Layout.FirstLayer + l;
            result[l] = MeanImportance(domains, Layout.ExpertStart(layer), Layout.ExpertCount(layer));
        }

        return result;
    }

    /// <summary>One row a component and domain.</summary>
    public IEnumerable<SkillRow> Skills()
    {
        for (int c = 0; c < Layout.Count; c++)
        {
            for (int d = 0; d < Domains.Count; d++)
            {
                yield return Skill(c, d);
            }
        }
    }

    /// <summary>The row of one component and domain.</summary>
    public SkillRow Skill(int component, int domain) => _evaluation.Skill(Block(component, out int c), c, domain);

    /// <summary>The places that excite a component most, one a text.</summary>
    public IEnumerable<ContextRow> Contexts(int component) => _evaluation.Contexts(Block(component, out int c), c);

    private ProbeBlock Block(int component, out int inBlock)
    {
        inBlock = component % _blockSize;
        return _blocks[component / _blockSize];
    }

    private double[] MeanImportance(IReadOnlyList<string> domains, int start, int count)
    {
        double[] result = new double[count];
        foreach (string domain in domains)
        {
            int d = IndexOf(domain);
            for (int i = 0; i < count; i++)
            {
                result[i] += Importance(start + i, d) / domains.Count;
            }
        }

        return result;
    }

    private int IndexOf(string domain)
    {
        for (int d = 0; d < Domains.Count; d++)
        {
            if (string.Equals(Domains[d], domain, StringComparison.OrdinalIgnoreCase))
            {
                return d;
            }
        }

        throw new Errors.NinaException(Errors.ErrorNumber.InvalidArgument, $"The probe has no domain '{domain}'.");
    }
}
