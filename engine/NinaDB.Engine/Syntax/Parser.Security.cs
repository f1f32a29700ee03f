using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Syntax;

/// <summary>Permissions, principals, ownership and security policies.</summary>
public sealed partial class Parser
{
    private PermissionStatement ParsePermission()
    {
        Token start = Current;
        string action = TakeWord();
        bool grantOptionFor = false;
        if (action == "REVOKE" && AtWord("GRANT") && Peek().Keyword == Keyword.Option)
        {
            Advance();
            Advance();
            Expect(Keyword.For);
            grantOptionFor = true;
        }

        var permissions = new List<(string, IReadOnlyList<string>)>();
        do
        {
            string permission = TakePermissionWord();
            while (AtAnyWord && !At(Keyword.On) && !At(Keyword.To) && !At(Keyword.From))
            {
                permission += " " + TakePermissionWord();
            }

            if (permission.StartsWith("EXEC ", StringComparison.Ordinal) || permission == "EXEC")
            {
                permission = "EXECUTE" + permission[4..];
            }

            if (permission == "ALL PRIVILEGES")
            {
                permission = "ALL";
            }

            permissions.Add((permission, At(TokenKind.LeftParen) ? ParseIdentifierList() : []));
        }
        while (Accept(TokenKind.Comma));

        string? securableClass = null;
        ObjectName? securable = null;
        if (Accept(Keyword.On))
        {
            securableClass = ParseSecurableClass() ?? "OBJECT";
            securable = ParseObjectName();
            if (At(TokenKind.LeftParen))
            {
                List<string> columns = ParseIdentifierList();
                for (int i = 0; i < permissions.Count; i++)
                {
                    permissions[i] = (permissions[i].Item1, permissions[i].Item2.Count > 0 ? permissions[i].Item2 : columns);
                }
            }
        }

        if (!Accept(Keyword.To) && !(action == "REVOKE" && Accept(Keyword.From)))
        {
            throw SyntaxError();
        }

        var principals = new List<string>();
        do
        {
            principals.Add(At(Keyword.Public) ? TakeWord().ToLowerInvariant() : ParseIdentifier());
        }
        while (Accept(TokenKind.Comma));

        bool withGrant = false;
        bool cascade = false;
        if (action == "GRANT" && At(Keyword.With) && Peek().Keyword == Keyword.Grant)
        {
            Advance();
            Advance();
            Expect(Keyword.Option);
            withGrant = true;
        }

        if (action != "GRANT" && Accept(Keyword.Cascade))
        {
            cascade = true;
        }

        string? grantor = Accept(Keyword.As) ? ParseIdentifier() : null;

        return Finish(start, new PermissionStatement
        {
            Action = action,
            Permissions = permissions,
            SecurableClass = securableClass,
            Securable = securable,
            Principals = principals,
            WithGrantOption = withGrant,
            GrantOptionFor = grantOptionFor,
            Cascade = cascade,
            Grantor = grantor,
        });
    }

    /// <summary>A word of a permission's name: VIEW DEFINITION, CREATE TABLE, ALTER ANY DATABASE DDL TRIGGER. Which there are, the catalog knows.</summary>
    private string TakePermissionWord() => Current.Keyword is Keyword.Grant or Keyword.On or Keyword.From or Keyword.To or Keyword.Where ? throw SyntaxError() : TakeWord();

    private static readonly HashSet<string> SecurableClasses = new(StringComparer.OrdinalIgnoreCase)
    {
        "OBJECT", "SCHEMA", "DATABASE", "TYPE", "ROLE", "USER", "LOGIN", "SERVER", "ASSEMBLY", "CERTIFICATE", "ENDPOINT", "CONTRACT", "SERVICE", "ROUTE", "APPLICATION ROLE",
        "ASYMMETRIC KEY", "SYMMETRIC KEY", "FULLTEXT CATALOG", "FULLTEXT STOPLIST", "MESSAGE TYPE", "REMOTE SERVICE BINDING", "XML SCHEMA COLLECTION", "SERVER ROLE",
        "AVAILABILITY GROUP", "SEARCH PROPERTY LIST", "DATABASE SCOPED CREDENTIAL", "EXTERNAL LANGUAGE", "EXTERNAL LIBRARY", "EXTERNAL MODEL", "CREDENTIAL",
    };

    /// <summary>CLASS :: before a securable, possibly of several words (XML SCHEMA COLLECTION::); null when there is none.</summary>
    private string? ParseSecurableClass()
    {
        int ahead = 0;
        while (Peek(ahead).Kind is TokenKind.Identifier or TokenKind.Keyword)
        {
            ahead++;
        }

        if (ahead == 0 || Peek(ahead).Kind != TokenKind.DoubleColon)
        {
            return null;
        }

        Token start = Current;
        string name = TakeWord();
        while (!At(TokenKind.DoubleColon))
        {
            name += " " + TakeWord();
        }

        Advance();
        return SecurableClasses.Contains(name) ? name : throw SyntaxError(start);
    }

    private AlterAuthorizationStatement ParseAlterAuthorization(in Token start)
    {
        Advance();
        Expect(Keyword.On);
        string? securableClass = ParseSecurableClass();
        ObjectName securable = ParseObjectName();
        Expect(Keyword.To);
        string? owner = null;
        if (At(Keyword.Schema) && PeekWord(1, "OWNER"))
        {
            Advance();
            Advance();
        }
        else
        {
            owner = ParseIdentifier();
        }

        return Finish(start, new AlterAuthorizationStatement { SecurableClass = securableClass ?? "OBJECT", Securable = securable, Owner = owner });
    }

    // ---- principals ----

    private PrincipalStatement ParsePrincipal(in Token start, string action)
    {
        string kind = TakeWord();
        if (kind is "SERVER" or "APPLICATION")
        {
            ExpectWord("ROLE");
            kind += " ROLE";
        }

        string name = At(Keyword.Public) ? TakeWord().ToLowerInvariant() : ParseIdentifier();
        Dictionary<string, string> options = NewOptions();
        string? add = null;
        string? drop = null;
        while (true)
        {
            if (AtWords("ADD", "MEMBER"))
            {
                Advance();
                Advance();
                add = ParseIdentifier();
            }
            else if (AtWords("DROP", "MEMBER"))
            {
                Advance();
                Advance();
                drop = ParseIdentifier();
            }
            else if (Accept(Keyword.Authorization))
            {
                options["AUTHORIZATION"] = ParseIdentifier();
            }
            else if (AtWords("WITHOUT", "LOGIN"))
            {
                Advance();
                Advance();
                options["WITHOUT LOGIN"] = "";
            }
            else if (At(Keyword.For) || At(Keyword.From))
            {
                ParsePrincipalSource(options);
            }
            else if (At(Keyword.With))
            {
                Advance();
                ParsePrincipalOptions(options);
            }
            else if (kind == "LOGIN" && action == "ALTER" && (AtWord("ENABLE") || AtWord("DISABLE")))
            {
                options[TakeWord()] = "";
            }
            else
            {
                break;
            }
        }

        if (action == "ALTER" && kind.EndsWith("ROLE", StringComparison.Ordinal) && add is null && drop is null && options.Count == 0)
        {
            throw SyntaxError();
        }

        return Finish(start, new PrincipalStatement { Action = action, Class = kind, Name = name, AddMember = add, DropMember = drop, Options = options });
    }

    /// <summary>FOR LOGIN x, FROM LOGIN x, FROM WINDOWS, FROM EXTERNAL PROVIDER, FOR CERTIFICATE c.</summary>
    private void ParsePrincipalSource(Dictionary<string, string> options)
    {
        Advance();
        if (AcceptWord("LOGIN"))
        {
            options["FOR LOGIN"] = ParseIdentifier();
        }
        else if (AcceptWord("WINDOWS"))
        {
            options["FROM WINDOWS"] = "";
        }
        else if (Accept(Keyword.External))
        {
            ExpectWord("PROVIDER");
            options["FROM EXTERNAL PROVIDER"] = "";
        }
        else if (AtWord("CERTIFICATE") || AtWord("ASYMMETRIC"))
        {
            throw NotSupported(Current, "principals from " + ValueOf(Current).ToUpperInvariant());
        }
        else
        {
            throw SyntaxError();
        }
    }

    /// <summary>WITH PASSWORD = 'x' [MUST_CHANGE], DEFAULT_SCHEMA = s, NAME = n, SID = 0x..., CHECK_POLICY = OFF ...</summary>
    private void ParsePrincipalOptions(Dictionary<string, string> options)
    {
        do
        {
            string option = TakeWord();
            Expect(TokenKind.Equal);
            options[option] = ParseOptionValue();
            if (option == "PASSWORD")
            {
                if (AcceptWord("HASHED"))
                {
                    options["PASSWORD HASHED"] = "";
                }

                if (AtWord("OLD_PASSWORD"))
                {
                    Advance();
                    Expect(TokenKind.Equal);
                    options["OLD_PASSWORD"] = ParseStringLiteral();
                }

                if (AcceptWord("MUST_CHANGE"))
                {
                    options["MUST_CHANGE"] = "";
                }

                if (AcceptWord("UNLOCK"))
                {
                    options["UNLOCK"] = "";
                }
            }
        }
        while (Accept(TokenKind.Comma));
    }

    // ---- security policies ----

    private SecurityPolicyStatement ParseSecurityPolicy(in Token start, bool isAlter)
    {
        Advance();
        ExpectWord("POLICY");
        ObjectName name = ParseLocalName("CREATE/ALTER SECURITY POLICY");
        var predicates = new List<SecurityPredicateSyntax>();
        if (At(Keyword.Add) || At(Keyword.Alter) || At(Keyword.Drop))
        {
            do
            {
                predicates.Add(ParseSecurityPredicate(isAlter));
            }
            while (Accept(TokenKind.Comma));
        }

        bool? state = null;
        bool? schemaBinding = null;
        if (Accept(Keyword.With))
        {
            Expect(TokenKind.LeftParen);
            do
            {
                string option = TakeWord();
                Expect(TokenKind.Equal);
                switch (option)
                {
                    case "STATE":
                        state = ParseOnOff();
                        break;
                    case "SCHEMABINDING" when !isAlter:
                        schemaBinding = ParseOnOff();
                        break;
                    default:
                        throw SyntaxError(_tokens[_position - 2]);
                }
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParen);
        }

        bool isNotForReplication = SkipNotForReplication();
        return Finish(start, new SecurityPolicyStatement
        {
            IsAlter = isAlter,
            Name = name,
            Predicates = predicates,
            State = state,
            SchemaBinding = schemaBinding,
            IsNotForReplication = isNotForReplication,
        });
    }

    private SecurityPredicateSyntax ParseSecurityPredicate(bool isAlter)
    {
        string action = TakeWord();
        if (action != "ADD" && !(isAlter && action is "ALTER" or "DROP"))
        {
            throw SyntaxError(_tokens[_position - 1]);
        }

        bool isBlock = AcceptWord("BLOCK");
        if (!isBlock)
        {
            ExpectWord("FILTER");
        }

        ExpectWord("PREDICATE");
        FunctionCallExpression? function = null;
        if (action != "DROP")
        {
            Token start = Current;
            ObjectName name = ParseObjectName();
            List<Expression> arguments = ParseArguments();
            function = Finish(start, new FunctionCallExpression { Name = name, Arguments = arguments });
        }

        Expect(Keyword.On);
        ObjectName table = ParseObjectName();
        string? operation = null;
        if (isBlock && (AtWord("AFTER") || AtWord("BEFORE")))
        {
            operation = TakeWord();
            string verb = TakeWord();
            if ((operation, verb) is not (("AFTER", "INSERT") or ("AFTER", "UPDATE") or ("BEFORE", "UPDATE") or ("BEFORE", "DELETE")))
            {
                throw SyntaxError(_tokens[_position - 1]);
            }

            operation += " " + verb;
        }

        return new SecurityPredicateSyntax(action, isBlock, function, table, operation);
    }
}
