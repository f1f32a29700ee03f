using NinaDB.Engine.Errors;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Binding;

/// <summary>Gives an error the line of the syntax that caused it.</summary>
internal static class SyntaxLocation
{
    public static SqlErrorException At(this SqlErrorException error, SyntaxNode node)
    {
        error.Locate(node.Line, null);
        return error;
    }
}
