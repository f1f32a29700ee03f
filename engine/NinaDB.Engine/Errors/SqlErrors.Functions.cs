namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    /// <summary>Built-in functions.</summary>
    private static void AddFunctions(Dictionary<int, Template> templates)
    {
        templates[6607] = new(16, "Password Encryption: The value supplied for parameter number %1 is invalid.");
        templates[10757] = new(15, "The function '%1' may not have a WITHIN GROUP clause.");
        templates[9837] = new(16, "An invalid date value was encountered: The date value is less than the minimum date value allowed for the data type.");
        templates[9838] = new(16, "Parameter 2 in function '%1' is out of range 0 to %2.");
        templates[9839] = new(16, "Parameter 3 in function '%1' must be 0 or 1.");
        templates[177] = new(15, "The IDENTITY function can only be used when the SELECT statement has an INTO clause.");
        templates[302] = new(16, "The newsequentialid() built-in function can only be used in a DEFAULT expression for a column of type 'uniqueidentifier' in a CREATE TABLE or ALTER TABLE statement. It cannot be combined with other operators to form a complex scalar expression.");
        templates[1202] = new(16, "The database-principal '%1' does not exist or user is not a member.");
        templates[3918] = new(16, "The statement or function must be executed in the context of a user transaction.");
        templates[19300] = new(16, "An invalid Pattern '%1' was provided. Error '%2' occurred during evaluation of the Pattern.");
        templates[19301] = new(16, "'%1' value should be greater than or equal to %2 but '%3' is provided in '%4' function.");
        templates[19303] = new(16, "Invalid flag provided. '%1' are not valid flags. Only {c,i,s,m} flags are valid.");
        templates[19307] = new(16, "Unexpected ')' in the Pattern '%1'.");
        templates[19308] = new(16, "Missing '%1' in the Pattern '%2'.");
        templates[19309] = new(16, "Trailing '\\' in the Pattern '%1'.");
    }
}
