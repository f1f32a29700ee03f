namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    /// <summary>Rules and defaults as objects.</summary>
    private static void AddBindables(Dictionary<int, Template> templates)
    {
        templates[160] = new(15, "Rule does not contain a variable.");
        templates[161] = new(15, "Rule contains more than one variable.");
        templates[513] = new(16, "A column insert or update conflicts with a rule imposed by a previous CREATE RULE statement. The statement was terminated. The conflict occurred in database '%1', table '%2', column '%3'.");
        templates[1710] = new(16, "Cannot use alias type with rule or default bound to it as a column type in table variable or return table definition in table valued function. Type '%1' has a %2 bound to it.");
        templates[3716] = new(16, "The %1 '%2' cannot be dropped because it is bound to one or more %3.");
        templates[3717] = new(16, "Cannot drop a default constraint by DROP DEFAULT statement. Use ALTER TABLE to drop a constraint default.");
        templates[4105] = new(16, "User-defined functions, partition functions, and column references are not allowed in expressions in this context.");
        templates[4185] = new(16, "This action cannot be performed on a system type.");
        templates[15016] = new(16, "The default '%1' does not exist.");
        templates[15017] = new(16, "The rule '%1' does not exist.");
        templates[15049] = new(11, "Cannot unbind from '%1'. Use ALTER TABLE DROP CONSTRAINT.");
        templates[15050] = new(11, "Cannot bind default '%1'. The default must be created using the CREATE DEFAULT statement.");
        templates[15076] = new(16, "Default, table, and user data types must be in the current database.");
        templates[15077] = new(16, "Rule, table, and user data type must be in the current database.");
        templates[15084] = new(16, "The column or user data type must be in the current database.");
        templates[15100] = new(16, "Usage: sp_bindefault defaultname, objectname [, 'futureonly']");
        templates[15101] = new(16, "Cannot bind a default to a computed column, a sparse column, or to a column of the following data types: timestamp, varchar(max), nvarchar(max), varbinary(max), xml, or CLR type.");
        templates[15102] = new(16, "Cannot bind a default to an identity column.");
        templates[15103] = new(16, "Cannot bind a default to a column created with or altered to have a default value.");
        templates[15106] = new(16, "Usage: sp_bindrule rulename, objectname [, 'futureonly']");
        templates[15107] = new(16, "Cannot bind a rule to a computed column, a sparse column, or to a column of the following data types: text, ntext, image, timestamp, varchar(max), nvarchar(max), varbinary(max), xml, or user-defined data type.");
        templates[15148] = new(16, "The data type or table column '%1' does not exist or you do not have permission.");
        templates[15236] = new(16, "Column '%1' has no default.");
        templates[15237] = new(16, "User data type '%1' has no default.");
        templates[15238] = new(16, "Column '%1' has no rule.");
        templates[15239] = new(16, "User data type '%1' has no rule.");
        templates[15511] = new(10, "Default bound to column.");
        templates[15512] = new(10, "Default bound to data type.");
        templates[15513] = new(10, "The new default has been bound to columns(s) of the specified user data type.");
        templates[15514] = new(10, "Rule bound to table column.");
        templates[15515] = new(10, "Rule bound to data type.");
        templates[15516] = new(10, "The new rule has been bound to column(s) of the specified user data type.");
        templates[15519] = new(10, "Default unbound from table column.");
        templates[15520] = new(10, "Default unbound from data type.");
        templates[15521] = new(10, "Columns of the specified user data type had their defaults unbound.");
        templates[15522] = new(10, "Rule unbound from table column.");
        templates[15523] = new(10, "Rule unbound from data type.");
        templates[15524] = new(10, "Columns of the specified user data type had their rules unbound.");
    }
}
