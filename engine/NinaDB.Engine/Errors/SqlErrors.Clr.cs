namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    /// <summary>Error 6597 after the one that says why.</summary>
    internal static SqlErrorException CreationFailed(SqlErrorException reason, string what, byte state) =>
        new(CreateWithState(6597, state, what).Error) { Preceding = [.. reason.Preceding, reason.Error] };

    /// <summary>Classes behind aggregates and types.</summary>
    private static void AddClrClasses(Dictionary<int, Template> templates)
    {
        templates[406] = new(16, "%1 cannot be used in the PIVOT operator because it is not invariant to NULLs.");
        templates[2809] = new(16, "The request for procedure '%1' failed because '%1' is a %2 object.");
        templates[6222] = new(16, "Type \"%1.%2\" is marked for native serialization, but field \"%3\" of type \"%1.%2\" is not valid for native serialization.");
        templates[6225] = new(16, "Type \"%1.%2\" is marked for native serialization, but field \"%3\" of type \"%1.%2\" is of type \"%4.%5\" which is a non-value type. Native serialization types can only have fields of blittable types. If you wish to have a field of any other type, consider using different kind of serialization format, such as User Defined Serialization.");
        templates[6226] = new(16, "Type \"%1.%2\" is marked for user-defined serialization, but does not implement the \"%3.%4\" interface.");
        templates[6229] = new(16, "Type \"%1.%2\" is marked for native serialization. It is not marked with \"LayoutKind.Sequential\". Native serialization requires the type to be marked with \"LayoutKind.Sequential\".");
        templates[6244] = new(16, "The size (%1) for \"%2.%3\" is not in the valid range. Size must be -1 or a number between 1 and 8000.");
        templates[6255] = new(16, "%1 failed because type \"%2\" does not conform to the %3 specification: missing custom attribute \"%4\".");
        templates[6539] = new(16, "Invalid serialization format (Format.Unknown) for type '%1.%2'.");
        templates[6556] = new(16, "%1 failed because it could not find type '%2' in assembly '%3'.");
        templates[6558] = new(16, "%1 failed because type '%2' does not conform to %3 specification due to method '%4'.");
        templates[6597] = new(16, "CREATE %1 failed.");
        templates[6599] = new(16, "Found an empty native serialization class '%1'. Empty native serialization classes are not allowed.");
        templates[10726] = new(15, "User defined aggregates do not support default parameters.");
    }
}
