using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>Constraints of tables and columns.</summary>
public sealed partial class Parser
{
    private ConstraintSyntax ParseTableConstraint() => ParseConstraint(column: null);

    /// <summary>[CONSTRAINT name] and the constraint; <paramref name="column"/> is the column it is written on, null for a table constraint.</summary>
    private ConstraintSyntax ParseConstraint(string? column)
    {
        Token start = Current;
        string? name = Accept(Keyword.Constraint) ? ParseIdentifier() : null;
        switch (Current.Keyword)
        {
            case Keyword.Primary:
                Advance();
                Expect(Keyword.Key);
                return ParseKeyConstraint(start, name, ConstraintKind.PrimaryKey, column);
            case Keyword.Unique:
                Advance();
                return ParseKeyConstraint(start, name, ConstraintKind.Unique, column);
            case Keyword.Check:
                Advance();
                bool replication = SkipNotForReplication();
                Expect(TokenKind.LeftParen);
                Predicate check = ParsePredicate();
                Expect(TokenKind.RightParen);
                return Finish(start, new ConstraintSyntax
                {
                    Kind = ConstraintKind.Check,
                    Name = name,
                    Check = check,
                    Columns = OwnColumn(column),
                    NotForReplication = replication,
                });
            case Keyword.Default:
                return ParseDefaultConstraint(start, name, column);
            case Keyword.Foreign:
                Advance();
                Expect(Keyword.Key);
                List<IndexColumnSyntax> columns = At(TokenKind.LeftParen)
                    ? [.. ParseIdentifierList().Select(c => new IndexColumnSyntax(c))]
                    : OwnColumn(column);
                return ParseReferences(start, name, columns);
            case Keyword.References:
                return ParseReferences(start, name, OwnColumn(column));
            case Keyword.Null or Keyword.Not when name is not null && column is not null:
                // CONSTRAINT name NOT NULL: the name means nothing.
                throw SyntaxError();
        }

        if (AcceptWord("CONNECTION"))
        {
            return ParseConnection(start, name);
        }

        throw SyntaxError();
    }

    private static List<IndexColumnSyntax> OwnColumn(string? column) => column is null ? [] : [new IndexColumnSyntax(column)];

    private ConstraintSyntax ParseKeyConstraint(in Token start, string? name, ConstraintKind kind, string? column)
    {
        bool? clustered = ParseClustered();
        List<IndexColumnSyntax> columns = At(TokenKind.LeftParen) ? ParseIndexColumns() : OwnColumn(column);
        if (columns.Count == 0)
        {
            throw At(start, SqlErrors.CreateWithState(142, 2, kind == ConstraintKind.PrimaryKey ? "PRIMARY KEY" : "UNIQUE"));
        }

        Dictionary<string, string> options = ParseIndexOptions();
        if (AtWord("HASH"))
        {
            throw NotSupported(Current, "HASH index");
        }

        return Finish(start, new ConstraintSyntax { Kind = kind, Name = name, Columns = columns, IsClustered = clustered, Options = options });
    }

    private bool? ParseClustered()
    {
        if (Accept(Keyword.Clustered))
        {
            return true;
        }

        return Accept(Keyword.NonClustered) ? false : null;
    }

    private ConstraintSyntax ParseDefaultConstraint(in Token start, string? name, string? column)
    {
        Advance();
        Expression value = ParseExpression();
        if (column is null)
        {
            Expect(Keyword.For);
            column = ParseIdentifier();
        }

        bool withValues = false;
        if (At(Keyword.With) && Peek().Keyword == Keyword.Values)
        {
            Advance();
            Advance();
            withValues = true;
        }

        return Finish(start, new ConstraintSyntax
        {
            Kind = ConstraintKind.Default,
            Name = name,
            Default = value,
            Columns = OwnColumn(column),
            WithValues = withValues,
        });
    }

    private ConstraintSyntax ParseReferences(in Token start, string? name, List<IndexColumnSyntax> columns)
    {
        Expect(Keyword.References);
        ObjectName table = ParseObjectName();
        List<string> referenced = At(TokenKind.LeftParen) ? ParseIdentifierList() : [];
        ReferentialAction onDelete = ReferentialAction.NoAction;
        ReferentialAction onUpdate = ReferentialAction.NoAction;
        bool replication = false;
        bool hasDelete = false, hasUpdate = false;
        while (true)
        {
            if (At(Keyword.On) && Peek().Keyword == Keyword.Delete && !hasDelete)
            {
                hasDelete = true;
                Advance();
                Advance();
                onDelete = ParseReferentialAction();
            }
            else if (At(Keyword.On) && Peek().Keyword == Keyword.Update && !hasUpdate)
            {
                hasUpdate = true;
                Advance();
                Advance();
                onUpdate = ParseReferentialAction();
            }
            else if (SkipNotForReplication())
            {
                replication = true;
            }
            else
            {
                break;
            }
        }

        return Finish(start, new ConstraintSyntax
        {
            Kind = ConstraintKind.ForeignKey,
            Name = name,
            Columns = columns,
            ReferencedTable = table,
            ReferencedColumns = referenced,
            OnDelete = onDelete,
            OnUpdate = onUpdate,
            NotForReplication = replication,
        });
    }

    private ReferentialAction ParseReferentialAction()
    {
        if (Accept(Keyword.Cascade))
        {
            return ReferentialAction.Cascade;
        }

        if (Accept(Keyword.Set))
        {
            if (Accept(Keyword.Null))
            {
                return ReferentialAction.SetNull;
            }

            Expect(Keyword.Default);
            return ReferentialAction.SetDefault;
        }

        ExpectWord("NO");
        ExpectWord("ACTION");
        return ReferentialAction.NoAction;
    }

    /// <summary>CONNECTION (a TO b, c TO d) [ON DELETE CASCADE | NO ACTION] of edge tables.</summary>
    private ConstraintSyntax ParseConnection(in Token start, string? name)
    {
        Expect(TokenKind.LeftParen);
        var connections = new List<(ObjectName, ObjectName)>();
        do
        {
            ObjectName from = ParseObjectName();
            Expect(Keyword.To);
            connections.Add((from, ParseObjectName()));
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen);
        ReferentialAction onDelete = ReferentialAction.NoAction;
        if (At(Keyword.On) && Peek().Keyword == Keyword.Delete)
        {
            Advance();
            Advance();
            onDelete = ParseReferentialAction();
        }

        return Finish(start, new ConstraintSyntax { Kind = ConstraintKind.Connection, Name = name, Connections = connections, OnDelete = onDelete });
    }
}
