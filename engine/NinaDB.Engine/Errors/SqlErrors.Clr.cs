namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    /// <summary>Error 6597 after the one that says why.</summary>
    internal static SqlErrorException CreationFailed(SqlErrorException reason, string what, byte state) =>
        new(CreateWithState(6597, state, what).Error) { Preceding = [.. reason.Preceding, reason.Error] };

    /// <summary>Classes behind aggregates and types.</summary>
    private static void AddClrClasses(Dictionary<int, Template> templates)
    {
        templates[249] = new(16, "The type \"%1\" is not comparable. It cannot be used in the %2 clause.");
        templates[406] = new(16, "%1 cannot be used in the PIVOT operator because it is not invariant to NULLs.");
        templates[2809] = new(16, "The request for procedure '%1' failed because '%1' is a %2 object.");
        templates[6200] = new(16, "Method \"%1\" of type \"%2\" in assembly \"%3\" is marked as a mutator. Mutators cannot be used in the read-only portion of the query.");
        templates[6201] = new(16, "Method \"%1\" of type \"%2\" in assembly \"%3\" is not marked as a mutator. Only mutators can be used to update the value of a CLR type.");
        templates[6207] = new(16, "Error converting %1 to fixed length binary type. The result would be padded and cannot be converted back.");
        templates[6220] = new(16, "SELECT INTO failed because CLR type \"%1\" does not exist in the target database.");
        templates[6222] = new(16, "Type \"%1.%2\" is marked for native serialization, but field \"%3\" of type \"%1.%2\" is not valid for native serialization.");
        templates[6225] = new(16, "Type \"%1.%2\" is marked for native serialization, but field \"%3\" of type \"%1.%2\" is of type \"%4.%5\" which is a non-value type. Native serialization types can only have fields of blittable types. If you wish to have a field of any other type, consider using different kind of serialization format, such as User Defined Serialization.");
        templates[6226] = new(16, "Type \"%1.%2\" is marked for user-defined serialization, but does not implement the \"%3.%4\" interface.");
        templates[6229] = new(16, "Type \"%1.%2\" is marked for native serialization. It is not marked with \"LayoutKind.Sequential\". Native serialization requires the type to be marked with \"LayoutKind.Sequential\".");
        templates[6234] = new(16, "Data truncation error. Length (%1) exceeds maximum length (%2) for type '%3'.");
        templates[6235] = new(16, "Data serialization error. Length (%1) is %2 than fixed length (%3) for type '%4'.");
        templates[6244] = new(16, "The size (%1) for \"%2.%3\" is not in the valid range. Size must be -1 or a number between 1 and 8000.");
        templates[6255] = new(16, "%1 failed because type \"%2\" does not conform to the %3 specification: missing custom attribute \"%4\".");
        templates[6267] = new(16, "Assembly \"%1\" does not exist, or the user does not have permission to reference it.");
        templates[6539] = new(16, "Invalid serialization format (Format.Unknown) for type '%1.%2'.");
        templates[6556] = new(16, "%1 failed because it could not find type '%2' in assembly '%3'.");
        templates[6557] = new(16, "%1 failed because type '%2' does not conform to %3 specification due to field '%4'.");
        templates[6558] = new(16, "%1 failed because type '%2' does not conform to %3 specification due to method '%4'.");
        templates[6563] = new(16, "Method, property or field '%1' in class '%2' in assembly '%3' has invalid return type.");
        templates[6564] = new(16, "The method '%1' in class '%2' in assembly '%3' has some invalid parameter declaration for parameter number %4.");
        templates[6577] = new(16, "CREATE TYPE failed because type '%1' does not conform to CLR type specification due to interface '%2'.");
        templates[6584] = new(16, "Property or field '%1' for type '%2' in assembly '%3' is not static");
        templates[6592] = new(16, "Could not find property or field '%1' for type '%2' in assembly '%3'.");
        templates[6593] = new(16, "Property or field '%1' for type '%2' in assembly '%3' is static.");
        templates[6595] = new(16, "Could not assign to property '%1' for type '%2' in assembly '%3' because it is read only.");
        templates[6597] = new(16, "CREATE %1 failed.");
        templates[6599] = new(16, "Found an empty native serialization class '%1'. Empty native serialization classes are not allowed.");
        templates[6598] = new(16, "DROP ASSEMBLY failed because '%1' is referenced by CLR type '%2'.");
        templates[8188] = new(16, "There is already a SQL type for assembly type \"%1\" on assembly \"%2\". Only one SQL type can be mapped to a given assembly type. CREATE TYPE fails.");
        templates[10726] = new(15, "User defined aggregates do not support default parameters.");
    }
}
