using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.XPath;
using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Functions;
using NinaDB.Engine.Syntax;
using NinaDB.Engine.Syntax.Ast;
using NinaDB.Engine.Types;

namespace NinaDB.Engine.Binding;

internal sealed partial class ExpressionBinder
{
    [GeneratedRegex(@"^\s*\(.*\)\s*\[\s*\d+\s*\]\s*$", RegexOptions.Singleline)]
    private static partial Regex Singleton();

    /// <summary>
    /// xml.value(path, type) for the paths that XQuery shares with XPath 1.0; other XQuery is refused. Error 2389 unless the path is a singleton, (...)[1].
    /// https://learn.microsoft.com/en-us/sql/t-sql/xml/value-method-xml-data-type
    /// </summary>
    private BoundFunctionCall BindXmlValue(MethodCallExpression expression, BoundExpression target)
    {
        if (expression.Arguments is not [LiteralExpression { Kind: LiteralKind.String or LiteralKind.NationalString } path, LiteralExpression { Kind: LiteralKind.String or LiteralKind.NationalString } typeName])
        {
            throw SqlErrors.Create(8172, 1, "value").At(expression);
        }

        XPathExpression compiled;
        try
        {
            compiled = XPathExpression.Compile(path.Text);
        }
        catch (XPathException)
        {
            throw SqlErrors.NotSupported($"the XQuery expression '{path.Text}'");
        }

        if (compiled.ReturnType == XPathResultType.NodeSet && !Singleton().IsMatch(path.Text))
        {
            throw SqlErrors.Create(2389).At(expression);
        }

        SqlType type = TypeResolver.Resolve(Parser.ParseParameterList("@type " + typeName.Text)[0].Type, _scope.Context.Catalog, TypeUse.Cast).Type;
        Func<SqlValue, SqlValue>? convert = SqlConvert.GetConverter(SqlType.NVarCharMax, type);
        var function = new BoundFunction(type, true, [null], (_, arguments) =>
        {
            string? text = Evaluate(arguments[0].AsString, compiled.Clone());
            SqlValue value = text is null ? SqlValue.Null : SqlValue.FromString(text);
            return value.IsNull || convert is null ? value : convert(value);
        });
        return new BoundFunctionCall("value", [target], function) { Options = $"{path.Text}|{typeName.Text}" };
    }

    private static string? Evaluate(string xml, XPathExpression path)
    {
        using var reader = XmlReader.Create(new StringReader(xml), new XmlReaderSettings { ConformanceLevel = ConformanceLevel.Fragment, DtdProcessing = DtdProcessing.Prohibit });
        object result = new XPathDocument(reader, XmlSpace.Preserve).CreateNavigator().Evaluate(path);
        return result switch
        {
            XPathNodeIterator nodes => nodes.MoveNext() ? nodes.Current!.Value : null,
            bool flag => flag ? "true" : "false",
            IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
            _ => result.ToString(),
        };
    }
}
