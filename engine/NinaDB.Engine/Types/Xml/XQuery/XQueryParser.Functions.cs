namespace NinaDB.Engine.Types.Xml.XQuery;

/// <summary>Function calls: the library, constructor functions, sql:column() and sql:variable().</summary>
internal sealed partial class XQueryParser
{
    /// <summary>Whether an xml value may be named: only as what insert puts in.</summary>
    private bool _allowsInstances;

    private XExpression ParseFunctionCall()
    {
        (string prefix, string name) = ReadQualifiedName();
        string uri = prefix.Length == 0 ? FunctionNamespace : Resolve(prefix);
        if (uri == SqlNamespace)
        {
            return ParseAccessor(name);
        }

        Expect("(");
        bool allows = _allowsInstances;
        _allowsInstances = false;
        var arguments = new List<XExpression>();
        if (!Accept(")"))
        {
            do
            {
                arguments.Add(ParseSingle());
            }
            while (Accept(","));
            Expect(")");
        }

        _allowsInstances = allows;
        if (uri != FunctionNamespace)
        {
            if (prefix is "xs" or "xdt" && XAtomicTypes.Find($"{prefix}:{name}") is { } type)
            {
                return arguments.Count switch
                {
                    0 => throw Fail(2236, $"{prefix}:{name}"),
                    > 1 => throw Fail(2238, $"{prefix}:{name}"),
                    _ => Cast(arguments[0], type),
                };
            }

            throw Fail(2395, $"{{{uri}}}", name);
        }

        return name is "position" or "last" ? Position(name, arguments) : Call(name, arguments);
    }

    private XPosition Position(string name, List<XExpression> arguments)
    {
        if (arguments.Count > 0)
        {
            throw Fail(2238, name + "()");
        }

        if (_predicates == 0)
        {
            throw Fail(2371, name + "()");
        }

        _usesPosition = true;
        _usesLast |= name == "last";
        return new XPosition(name == "last");
    }

    private XCall Call(string name, List<XExpression> arguments)
    {
        if (XFunctions.Find(name) is not { } function)
        {
            throw Fail(2395, $"{{{FunctionNamespace}}}", name);
        }

        // string(), local-name() and the like without an argument read the context item.
        if (arguments.Count == 0 && function.Minimum == 1 && name is "string" or "string-length" or "local-name" or "namespace-uri" or "name" or "number" or "data")
        {
            arguments.Add(new XContextItem(_context));
        }

        if (arguments.Count < function.Minimum)
        {
            throw Fail(2236, name + "()");
        }

        if (arguments.Count > function.Parameters.Count && !function.IsVariadic)
        {
            throw Fail(2238, name + "()");
        }

        for (int i = 0; i < arguments.Count; i++)
        {
            CheckArgument(name, function.Parameters[Math.Min(i, function.Parameters.Count - 1)], arguments[i]);
        }

        return new XCall(function.Type(arguments), arguments, function.Evaluate);
    }

    private void CheckArgument(string name, XParameter parameter, XExpression argument)
    {
        XType type = argument.Type;
        if (type.IsConstructed && parameter != XParameter.Condition)
        {
            throw Fail(2373, name + "()");
        }

        switch (parameter)
        {
            case XParameter.Condition:
                CheckCondition(argument);
                break;
            case XParameter.Nodes when type.IsAtomic:
                throw Fail(2374, name + "()");
            case XParameter.Nodes when !type.IsSingle:
            case XParameter.Item when !type.IsSingle:
                throw Fail(2389, name + "()", type);
            case XParameter.String or XParameter.Number when !type.IsSingle:
                throw Fail(2389, name + "()", type.Atomized);
            case XParameter.String when type.IsAtomic && (type.IsNumeric || type.IsBoolean):
                throw Fail(2364, type, "xs:string");
            case XParameter.Number when type.IsAtomic && type.Atomic != XAtomicType.Untyped && !type.IsNumeric:
                throw name == "substring" ? Fail(2364, type, "xs:decimal") : Fail(9308, name + "()", type);
            case XParameter.Atoms when name is "sum" or "avg" && type.IsAtomic && type.Atomic != XAtomicType.Untyped && !type.IsNumeric:
                throw Fail(9308, name + "()", type);
        }
    }

    private XExpression ParseAccessor(string name)
    {
        if (name is not ("column" or "variable"))
        {
            throw Fail(2395, $"{{{SqlNamespace}}}", name);
        }

        Expect("(");
        SkipSpaces();
        if (Current is not ('"' or '\''))
        {
            throw Fail(2225);
        }

        string target = ReadString();
        Expect(")");
        (int slot, SqlType type) = _options.Accessor(target, name == "column");
        if (type.Id == SqlTypeId.Xml)
        {
            return _allowsInstances ? new XInstance(slot) : throw Fail(9342);
        }

        return new XAccessor(slot, XType.Of(XAtomicTypes.Of(type) ?? throw Fail(9344, type.Name), XCount.Optional));
    }
}
