namespace NinaDB.Clr.Capabilities;

/// <summary>What a component can do in a domain, with its evidence.</summary>
public sealed class SkillRow
{
    internal SkillRow(ComponentId component, string domain)
    {
        Component = component;
        Domain = domain;
    }

    /// <summary>The component.</summary>
    public ComponentId Component { get; }

    /// <summary>The domain.</summary>
    public string Domain { get; }

    /// <summary>AUROC over probe texts of the text's mean |activation|, this domain against the others; 0.5 knows nothing. NaN when a class is empty.</summary>
    public double SkillLevel { get; internal set; }

    /// <summary>The lower end of the 95 % interval.</summary>
    public double SkillLower { get; internal set; }

    /// <summary>The upper end of the 95 % interval.</summary>
    public double SkillUpper { get; internal set; }

    /// <summary>The mean over the domain's tokens of how much it writes to the residual stream.</summary>
    public double Importance { get; internal set; }

    /// <summary>The share of the domain's tokens at which a neuron's gate is open; of an expert, at which it is routed.</summary>
    public double FiringRate { get; internal set; }

    /// <summary>The mean activation, with its sign, over the domain's tokens; of an expert its mean gate weight, 0 where it is not routed.</summary>
    public double MeanActivation { get; internal set; }

    /// <summary>Of an expert: the AUROC of its usage share x gate weight. NaN for other components.</summary>
    public double RoutingSkill { get; internal set; }

    /// <summary>The lower end of its 95 % interval.</summary>
    public double RoutingLower => Interval(RoutingSkill).Lower;

    /// <summary>The upper end of its 95 % interval.</summary>
    public double RoutingUpper => Interval(RoutingSkill).Upper;

    /// <summary>Of an expert: the mean of the router's weight over the tokens that it was routed.</summary>
    public double MeanGateWeight => FiringRate > 0 ? MeanActivation / FiringRate : 0;

    /// <summary>The number of texts of the domain.</summary>
    public int DomainTexts { get; internal set; }

    /// <summary>The number of texts of the other domains.</summary>
    public int OtherTexts { get; internal set; }

    /// <summary>The number of tokens of the domain.</summary>
    public long DomainTokens { get; internal set; }

    internal void SetInterval()
    {
        (SkillLower, SkillUpper) = Interval(SkillLevel);
    }

    private (double Lower, double Upper) Interval(double auroc)
    {
        if (double.IsNaN(auroc))
        {
            return (double.NaN, double.NaN);
        }

        Auroc.Interval(auroc, DomainTexts, OtherTexts, out double lower, out double upper);
        return (lower, upper);
    }
}

/// <summary>A place in a probe text that excites a component.</summary>
public sealed class ContextRow
{
    internal ContextRow(ComponentId component, int rank, string domain, int textNumber, int position, float activation, string before, string token, string after)
    {
        Component = component;
        Rank = rank;
        Domain = domain;
        TextNumber = textNumber;
        Position = position;
        Activation = activation;
        Before = before;
        Token = token;
        After = after;
    }

    /// <summary>The component.</summary>
    public ComponentId Component { get; }

    /// <summary>1 for the most exciting text.</summary>
    public int Rank { get; }

    /// <summary>The text's domain.</summary>
    public string Domain { get; }

    /// <summary>The text's number in the order in which texts were added, counted from 0.</summary>
    public int TextNumber { get; }

    /// <summary>The token's position in the text.</summary>
    public int Position { get; }

    /// <summary>The activation there.</summary>
    public float Activation { get; }

    /// <summary>A few words before.</summary>
    public string Before { get; }

    /// <summary>The token.</summary>
    public string Token { get; }

    /// <summary>A few words after.</summary>
    public string After { get; }
}

/// <summary>A token that a component promotes.</summary>
public readonly struct TopToken
{
    /// <summary>Creates an entry.</summary>
    public TopToken(int id, string text, float zScore)
    {
        Id = id;
        Text = text;
        ZScore = zScore;
    }

    /// <summary>The id.</summary>
    public int Id { get; }

    /// <summary>The token, blanks as blanks.</summary>
    public string Text { get; }

    /// <summary>How many standard deviations of the vocabulary it stands out.</summary>
    public float ZScore { get; }
}
