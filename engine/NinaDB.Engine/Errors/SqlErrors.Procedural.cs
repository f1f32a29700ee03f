namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    /// <summary>Messages of batches, calls, cursors, options and bulk loads.</summary>
    private static void AddProcedural(Dictionary<int, Template> templates)
    {
        AddUserMessageErrors(templates);
    }

    private static void AddUserMessageErrors(Dictionary<int, Template> templates)
    {
        templates[2732] = new(16, "Error number %1 is invalid. The number must be from 13000 through 2147483647 and it cannot be 50000.");
        templates[15040] = new(16, "User-defined error messages must have an ID greater than 50000.");
        templates[15041] = new(16, "User-defined error messages must have a severity level between 1 and 25.");
        templates[15043] = new(16, "You must specify 'REPLACE' to overwrite an existing message.");
        templates[15071] = new(16, "Usage: sp_addmessage <msgnum>,<severity>,<msgtext> [,<language> [,FALSE | TRUE [,REPLACE]]]");
        templates[15176] = new(16, "The only valid @parameter value is 'WITH_LOG'.");
        templates[15177] = new(16, "Usage: sp_dropmessage <msg number> [,<language> | 'ALL']");
        templates[15178] = new(16, "Cannot drop a message with an ID less than 50,000.");
        templates[15179] = new(16, "The message number %1 or specified language version does not exist.");
        templates[15271] = new(16, "Invalid @with_log parameter value. Valid values are 'true' or 'false'.");
        templates[15277] = new(16, "The only valid @parameter_value values are 'true' or 'false'.");
        templates[15279] = new(16, "You must add the us_english version of this message before you can add the '%1' version.");
        templates[15280] = new(16, "All localized versions of this message must be dropped before the us_english version can be dropped.");
        templates[15304] = new(16, "The severity level of the '%1' version of this message must be the same as the severity level (%2) of the us_english version.");
    }
}
