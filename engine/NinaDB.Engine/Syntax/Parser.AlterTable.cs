using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>ALTER TABLE in all its forms.</summary>
public sealed partial class Parser
{
    private AlterTableStatement ParseAlterTable(in Token start)
    {
        Expect(Keyword.Table);
        ObjectName name = ParseObjectName();
        switch (Current.Keyword)
        {
            case Keyword.Add:
                Advance();
                return ParseAlterTableAdd(start, name, withCheck: null);
            case Keyword.Alter:
                Advance();
                Expect(Keyword.Column);
                return ParseAlterColumn(start, name);
            case Keyword.Drop:
                Advance();
                return ParseAlterTableDrop(start, name);
            case Keyword.Check or Keyword.NoCheck:
                return ParseCheckConstraint(start, name, withCheck: null);
            case Keyword.With:
                Advance();
                bool check = Accept(Keyword.Check);
                if (!check)
                {
                    Expect(Keyword.NoCheck);
                }

                if (Accept(Keyword.Add))
                {
                    return ParseAlterTableAdd(start, name, check);
                }

                return ParseCheckConstraint(start, name, check);
            case Keyword.Set:
                Advance();
                Token first = Current;
                Dictionary<string, string> options = ParseOptionList();
                RequireTableOptions(options, first);
                return Finish(start, new AlterTableStatement { Name = name, Action = AlterTableAction.SetOption, Options = options });
        }

        if (AtWord("ENABLE") || AtWord("DISABLE"))
        {
            return ParseAlterTableTrigger(start, name);
        }

        if (AcceptWord("REBUILD"))
        {
            return ParseAlterTableRebuild(start, name);
        }

        if (AcceptWord("SWITCH"))
        {
            Expression? source = AcceptWord("PARTITION") ? ParseExpression() : null;
            Expect(Keyword.To);
            ObjectName target = ParseObjectName();
            Expression? into = AcceptWord("PARTITION") ? ParseExpression() : null;
            if (At(Keyword.With))
            {
                ParseWithOptions();
            }

            return Finish(start, new AlterTableStatement { Name = name, Action = AlterTableAction.Switch, SwitchTarget = target, SourcePartition = source, TargetPartition = into });
        }

        throw SyntaxError();
    }

    private AlterTableStatement ParseAlterTableAdd(in Token start, ObjectName name, bool? withCheck)
    {
        var columns = new List<ColumnDefinitionSyntax>();
        var constraints = new List<ConstraintSyntax>();
        var indexes = new List<IndexDefinitionSyntax>();
        (string, string)? period = null;
        do
        {
            if (AtTableConstraint || At(Keyword.Default))
            {
                constraints.Add(ParseTableConstraint());
            }
            else if (At(Keyword.Index))
            {
                indexes.Add(ParseInlineIndex(column: null));
            }
            else if (AtWord("PERIOD") && Peek().Keyword == Keyword.For)
            {
                period = ParsePeriod();
            }
            else
            {
                columns.Add(ParseColumnDefinition(indexes));
            }
        }
        while (Accept(TokenKind.Comma));

        if (indexes.Count > 0 && columns.Count == 0 && constraints.Count == 0)
        {
            throw NotSupported(start, "ALTER TABLE ... ADD INDEX");
        }

        AlterTableAction action = columns.Count > 0 || period is not null ? AlterTableAction.AddColumns : AlterTableAction.AddConstraint;
        return Finish(start, new AlterTableStatement
        {
            Name = name,
            Action = action,
            Columns = columns,
            Constraints = constraints,
            WithCheck = withCheck,
            Period = period,
            Indexes = indexes,
        });
    }

    /// <summary>ALTER COLUMN c type [NULL | NOT NULL], or ALTER COLUMN c ADD | DROP option.</summary>
    private AlterTableStatement ParseAlterColumn(in Token start, ObjectName name)
    {
        Token columnStart = Current;
        if (Peek().Keyword is Keyword.Add or Keyword.Drop)
        {
            string column = ParseIdentifier();
            string option = TakeWord();
            string? mask = null;
            if (AtWord("NOT"))
            {
                SkipNotForReplication();
                option += " NOT FOR REPLICATION";
            }
            else
            {
                option += " " + (AtWord("ROWGUIDCOL") || AtWord("PERSISTED") || AtWord("SPARSE") || AtWord("HIDDEN") || AtWord("MASKED") ? TakeWord() : throw SyntaxError());
                if (option == "ADD MASKED")
                {
                    Expect(Keyword.With);
                    Expect(TokenKind.LeftParen);
                    Expect(Keyword.Function);
                    Expect(TokenKind.Equal);
                    mask = ParseStringLiteral();
                    Expect(TokenKind.RightParen);
                }
            }

            var definition = Finish(columnStart, new ColumnDefinitionSyntax { Name = column, MaskFunction = mask });
            return Finish(start, new AlterTableStatement
            {
                Name = name,
                Action = AlterTableAction.AlterColumn,
                Columns = [definition],
                ColumnOption = option,
            });
        }

        var indexes = new List<IndexDefinitionSyntax>();
        ColumnDefinitionSyntax altered = ParseColumnDefinition(indexes, isAltered: true);
        if (altered.Type is null || altered.Constraints.Count > 0 || indexes.Count > 0)
        {
            throw SyntaxError(columnStart);
        }

        if (At(Keyword.With) && Peek().Kind == TokenKind.LeftParen)
        {
            // WITH (ONLINE = ON): how, not what.
            Advance();
            ParseOptionList();
        }

        return Finish(start, new AlterTableStatement { Name = name, Action = AlterTableAction.AlterColumn, Columns = [altered] });
    }

    private AlterTableStatement ParseAlterTableDrop(in Token start, ObjectName name)
    {
        AlterTableAction action = AlterTableAction.DropConstraint;
        bool ifExists = false;
        var names = new List<string>();
        var columns = new List<string>();
        bool sawConstraint = false;
        if (AtWord("PERIOD") && Peek().Keyword == Keyword.For)
        {
            Advance();
            Advance();
            ExpectWord("SYSTEM_TIME");
            return Finish(start, new AlterTableStatement { Name = name, Action = AlterTableAction.DropConstraint, Names = ["PERIOD FOR SYSTEM_TIME"] });
        }

        bool first = true;
        do
        {
            AlterTableAction kind = AlterTableAction.DropConstraint;
            if (Accept(Keyword.Column))
            {
                kind = AlterTableAction.DropColumn;
            }
            else if (!Accept(Keyword.Constraint))
            {
                kind = first ? AlterTableAction.DropConstraint : action;
            }

            action = kind;
            sawConstraint |= kind == AlterTableAction.DropConstraint;
            if (AcceptWords("IF", "EXISTS"))
            {
                ifExists = true;
            }

            (kind == AlterTableAction.DropColumn ? columns : names).Add(ParseIdentifier());
            if (At(Keyword.With) && Peek().Kind == TokenKind.LeftParen)
            {
                Advance();
                ParseOptionList();
            }

            first = false;
        }
        while (Accept(TokenKind.Comma));
        return sawConstraint
            ? Finish(start, new AlterTableStatement { Name = name, Action = AlterTableAction.DropConstraint, Names = names, DroppedColumns = columns, IfExists = ifExists })
            : Finish(start, new AlterTableStatement { Name = name, Action = AlterTableAction.DropColumn, Names = columns, IfExists = ifExists });
    }

    private AlterTableStatement ParseCheckConstraint(in Token start, ObjectName name, bool? withCheck)
    {
        AlterTableAction action = At(Keyword.Check) ? AlterTableAction.CheckConstraint : AlterTableAction.NoCheckConstraint;
        if (!Accept(Keyword.Check))
        {
            Expect(Keyword.NoCheck);
        }

        Expect(Keyword.Constraint);
        List<string> names = ParseNamesOrAll();
        return Finish(start, new AlterTableStatement { Name = name, Action = action, Names = names, WithCheck = withCheck });
    }

    private List<string> ParseNamesOrAll()
    {
        if (Accept(Keyword.All))
        {
            return ["ALL"];
        }

        var names = new List<string>();
        do
        {
            names.Add(ParseIdentifier());
        }
        while (Accept(TokenKind.Comma));
        return names;
    }

    private AlterTableStatement ParseAlterTableTrigger(in Token start, ObjectName name)
    {
        AlterTableAction action = AtWord("ENABLE") ? AlterTableAction.EnableTrigger : AlterTableAction.DisableTrigger;
        Advance();
        if (AtWord("CHANGE_TRACKING") || AtWord("FILETABLE_NAMESPACE"))
        {
            throw NotSupported(Current, ValueOf(Current).ToUpperInvariant());
        }

        Expect(Keyword.Trigger);
        List<string> names = ParseNamesOrAll();
        return Finish(start, new AlterTableStatement { Name = name, Action = action, Names = names });
    }

    private AlterTableStatement ParseAlterTableRebuild(in Token start, ObjectName name)
    {
        if (AcceptWord("PARTITION"))
        {
            Expect(TokenKind.Equal);
            if (!Accept(Keyword.All))
            {
                ParseInt();
            }
        }

        Dictionary<string, string> options = At(Keyword.With) ? ParseWithOptions() : NewOptions();
        return Finish(start, new AlterTableStatement { Name = name, Action = AlterTableAction.Rebuild, Options = options });
    }

    private Dictionary<string, string> ParseWithOptions()
    {
        Expect(Keyword.With);
        return ParseOptionList();
    }
}
