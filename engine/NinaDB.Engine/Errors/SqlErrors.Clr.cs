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
        templates[487] = new(16, "An invalid option was specified for the statement \"%1\".");
        templates[2809] = new(16, "The request for procedure '%1' failed because '%1' is a %2 object.");
        templates[6200] = new(16, "Method \"%1\" of type \"%2\" in assembly \"%3\" is marked as a mutator. Mutators cannot be used in the read-only portion of the query.");
        templates[6201] = new(16, "Method \"%1\" of type \"%2\" in assembly \"%3\" is not marked as a mutator. Only mutators can be used to update the value of a CLR type.");
        templates[6207] = new(16, "Error converting %1 to fixed length binary type. The result would be padded and cannot be converted back.");
        templates[6208] = new(16, "CREATE FUNCTION failed because the parameter count for the FillRow method should be one more than the SQL declaration for the table valued CLR function.");
        templates[6220] = new(16, "SELECT INTO failed because CLR type \"%1\" does not exist in the target database.");
        templates[6222] = new(16, "Type \"%1.%2\" is marked for native serialization, but field \"%3\" of type \"%1.%2\" is not valid for native serialization.");
        templates[6225] = new(16, "Type \"%1.%2\" is marked for native serialization, but field \"%3\" of type \"%1.%2\" is of type \"%4.%5\" which is a non-value type. Native serialization types can only have fields of blittable types. If you wish to have a field of any other type, consider using different kind of serialization format, such as User Defined Serialization.");
        templates[6226] = new(16, "Type \"%1.%2\" is marked for user-defined serialization, but does not implement the \"%3.%4\" interface.");
        templates[6229] = new(16, "Type \"%1.%2\" is marked for native serialization. It is not marked with \"LayoutKind.Sequential\". Native serialization requires the type to be marked with \"LayoutKind.Sequential\".");
        templates[6234] = new(16, "Data truncation error. Length (%1) exceeds maximum length (%2) for type '%3'.");
        templates[6235] = new(16, "Data serialization error. Length (%1) is %2 than fixed length (%3) for type '%4'.");
        templates[6244] = new(16, "The size (%1) for \"%2.%3\" is not in the valid range. Size must be -1 or a number between 1 and 8000.");
        templates[6249] = new(16, "The associated file \"%1\" already exists for assembly \"%2\".");
        templates[6250] = new(11, "Assembly \"%1\" does not have an associated file \"%2\".");
        templates[6252] = new(16, "ALTER ASSEMBLY failed because a file name was not specified for the inline assembly file parameter %1.");
        templates[6255] = new(16, "%1 failed because type \"%2\" does not conform to the %3 specification: missing custom attribute \"%4\".");
        templates[6267] = new(16, "Assembly \"%1\" does not exist, or the user does not have permission to reference it.");
        templates[6258] = new(16, "Function signature of \"FillRow\" method (as designated by SqlFunctionAttribute.FillRowMethodName) does not match SQL declaration for table valued CLR function'%1' due to column %2.");
        templates[6273] = new(16, "ALTER ASSEMBLY failed because required type '%1' does not exist or is not correctly defined in the updated assembly.");
        templates[6277] = new(16, "ALTER ASSEMBLY failed because the MaxLen attribute of type '%1' would change in the updated assembly. Persisted types are not allowed to change MaxLen attribute.");
        templates[6280] = new(16, "ALTER ASSEMBLY failed because table, view or constraint '%1' depends on this assembly. Use WITH UNCHECKED DATA to skip checking for persisted data.");
        templates[6281] = new(16, "ALTER ASSEMBLY failed because only users with ALTER ANY SCHEMA permissions can use WITH UNCHECKED DATA.");
        templates[6500] = new(16, "CREATE TRIGGER failed because method '%1' of class '%2' in assembly '%3' returns %4, but CLR Triggers must return void.");
        templates[6514] = new(16, "Cannot use '%1' column in the result table of a streaming user-defined function (column '%2').");
        templates[6524] = new(16, "Cannot use computed column in the result table of a streaming user-defined function (column '%1').");
        templates[6525] = new(16, "Cannot use '%1' constraint in the result table of a streaming user-defined function.");
        templates[6526] = new(16, "Cannot use '%1' constraint in the result table of a streaming user-defined function (column '%2').");
        templates[6530] = new(16, "Cannot perform alter on '%1' because it is an incompatible object type.");
        templates[6531] = new(16, "%1 failed because the function '%2' of class '%3' of assembly '%4' takes one or more parameters but CLR Triggers do not accept parameters.");
        templates[6539] = new(16, "Invalid serialization format (Format.Unknown) for type '%1.%2'.");
        templates[6556] = new(16, "%1 failed because it could not find type '%2' in assembly '%3'.");
        templates[6557] = new(16, "%1 failed because type '%2' does not conform to %3 specification due to field '%4'.");
        templates[6558] = new(16, "%1 failed because type '%2' does not conform to %3 specification due to method '%4'.");
        templates[6563] = new(16, "Method, property or field '%1' in class '%2' in assembly '%3' has invalid return type.");
        templates[6564] = new(16, "The method '%1' in class '%2' in assembly '%3' has some invalid parameter declaration for parameter number %4.");
        templates[6565] = new(16, "%1 ASSEMBLY failed because the assembly source parameter %2 is not a valid assembly.");
        templates[6577] = new(16, "CREATE TYPE failed because type '%1' does not conform to CLR type specification due to interface '%2'.");
        templates[6579] = new(16, "Alter assembly from '%1' to '%2' is not a compatible upgrade.");
        templates[6584] = new(16, "Property or field '%1' for type '%2' in assembly '%3' is not static");
        templates[6589] = new(16, "DROP ASSEMBLY failed because the specified assemblies are referenced by assembly '%1'.");
        templates[6591] = new(16, "%1 for \"%2\" failed because first parameter of \"%3\" method must be of type System.Object.");
        templates[6592] = new(16, "Could not find property or field '%1' for type '%2' in assembly '%3'.");
        templates[6593] = new(16, "Property or field '%1' for type '%2' in assembly '%3' is static.");
        templates[6595] = new(16, "Could not assign to property '%1' for type '%2' in assembly '%3' because it is read only.");
        templates[6597] = new(16, "CREATE %1 failed.");
        templates[6599] = new(16, "Found an empty native serialization class '%1'. Empty native serialization classes are not allowed.");
        templates[6598] = new(16, "DROP ASSEMBLY failed because '%1' is referenced by CLR type '%2'.");
        templates[8188] = new(16, "There is already a SQL type for assembly type \"%1\" on assembly \"%2\". Only one SQL type can be mapped to a given assembly type. CREATE TYPE fails.");
        templates[5332] = new(16, "The order of the data in the stream does not conform to the ORDER hint specified for the CLR TVF '%1'. The order of the data must match the order specified in the ORDER hint for a CLR TVF. Update the ORDER hint to reflect the order in which the input data is ordered, or update the CLR TVF to match the order specified by the ORDER hint.");
        templates[10306] = new(16, "The SqlFunctionAttribute of the Init method for a CLR table-valued function must set the FillRowMethodName property.");
        templates[10324] = new(15, "WITH ENCRYPTION option of CREATE TRIGGER is only applicable to T-SQL triggers and not to CLR triggers.");
        templates[10726] = new(15, "User defined aggregates do not support default parameters.");
    }
}
