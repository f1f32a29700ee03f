using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Tests.Syntax;

/// <summary>
/// A compact text of a syntax tree for tests: (Node Property=value ...), properties with their default value left out, names and simple
/// expressions abbreviated. Depends on nothing but the tree's own shape.
/// </summary>
internal static class SyntaxDump
{
    public static string Dump(object? node)
    {
        var text = new StringBuilder();
        Write(text, node);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string s:
                text.Append(s.Length == 0 ? "''" : s);
                break;
            case bool b:
                text.Append(b ? "yes" : "no");
                break;
            case ObjectName name:
                text.Append(string.Join('.', name.Parts));
                break;
            case LiteralExpression literal:
                WriteLiteral(text, literal);
                break;
            case ColumnExpression column:
                text.Append(string.Join('.', column.Qualifier.Append(column.Name)));
                break;
            case VariableExpression variable:
                text.Append(variable.Name);
                break;
            case GlobalVariableExpression global:
                text.Append(global.Name);
                break;
            case BinaryExpression binary:
                text.Append('(').Append(binary.Operator).Append(' ');
                Write(text, binary.Left);
                text.Append(' ');
                Write(text, binary.Right);
                text.Append(')');
                break;
            case DataTypeSyntax type:
                WriteType(text, type);
                break;
            case IDictionary dictionary:
                text.Append('{');
                string separator = "";
                foreach (DictionaryEntry entry in dictionary)
                {
                    text.Append(separator).Append(entry.Key).Append('=').Append(entry.Value);
                    separator = ", ";
                }

                text.Append('}');
                break;
            case IEnumerable list:
                text.Append('[');
                string comma = "";
                foreach (object? item in list)
                {
                    text.Append(comma);
                    Write(text, item);
                    comma = ", ";
                }

                text.Append(']');
                break;
            case ITuple tuple when value is not SyntaxNode:
                text.Append('<');
                for (int i = 0; i < tuple.Length; i++)
                {
                    text.Append(i == 0 ? "" : " ");
                    Write(text, tuple[i]);
                }

                text.Append('>');
                break;
            case IFormattable formattable:
                text.Append(formattable.ToString(null, CultureInfo.InvariantCulture));
                break;
            default:
                WriteNode(text, value);
                break;
        }
    }

    private static void WriteLiteral(StringBuilder text, LiteralExpression literal)
    {
        text.Append(literal.Kind switch
        {
            LiteralKind.String => $"'{literal.Text}'",
            LiteralKind.NationalString => $"N'{literal.Text}'",
            LiteralKind.Binary => "0x" + literal.Text,
            LiteralKind.Money => "$" + literal.Text,
            LiteralKind.Null => "NULL",
            LiteralKind.Default => "DEFAULT",
            LiteralKind.Max => "MAX",
            LiteralKind.Float => literal.Text + ":f",
            _ => literal.Text,
        });
    }

    private static void WriteType(StringBuilder text, DataTypeSyntax type)
    {
        text.Append(type.Name);
        if (type.Arguments.Count > 0)
        {
            text.Append('(').AppendJoin(',', type.Arguments);
            text.Append(type.BaseType is null ? "" : "," + type.BaseType).Append(')');
        }

        text.Append(type.IsVarying ? " VARYING" : "").Append(type.Collation is null ? "" : " COLLATE " + type.Collation);
    }

    private static void WriteNode(StringBuilder text, object value)
    {
        Type type = value.GetType();
        string name = type.Name;
        foreach (string suffix in new[] { "Statement", "Expression", "Predicate", "Syntax", "TableSource", "Clause" })
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal) && name.Length > suffix.Length)
            {
                name = name[..^suffix.Length];
                break;
            }
        }

        text.Append('(').Append(name);
        foreach (PropertyInfo property in type.GetProperties().OrderBy(p => p.MetadataToken).OrderBy(p => p.DeclaringType == type ? 0 : 1))
        {
            bool position = property.DeclaringType == typeof(SyntaxNode);
            if (position || property.Name is "SourceText" or "Text" or "EqualityContract" || property.GetIndexParameters().Length > 0)
            {
                continue;
            }

            object? item = property.GetValue(value);
            if (item is null || (item is false && property.PropertyType == typeof(bool)))
            {
                continue;
            }

            if (item is IList { Count: 0 } or IDictionary { Count: 0 } or Array { Length: 0 } || IsDefaultEnum(item))
            {
                continue;
            }

            text.Append(' ').Append(property.Name).Append('=');
            Write(text, item);
        }

        text.Append(')');
    }

    /// <summary>The first member of an enumeration goes without saying where it means "nothing special".</summary>
    private static bool IsDefaultEnum(object item) => item is GeneratedAlways.None or ReferentialAction.NoAction or ModuleAction.Create;
}
