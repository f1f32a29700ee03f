namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    /// <summary>Messages of logins, prepared statements, API cursors and bulk load: what clients of the TDS server meet.</summary>
    private static void AddProtocol(Dictionary<int, Template> templates)
    {
        templates[596] = new(21, "Cannot continue the execution because the session is in the kill state.");
        templates[916] = new(14, "The server principal \"%1\" is not able to access the database \"%2\" under the current security context.");
        templates[4002] = new(16, "The incoming tabular data stream (TDS) protocol stream is incorrect. The stream ended unexpectedly.");
        templates[4060] = new(11, "Cannot open database \"%1\" requested by the login. The login failed.");
        templates[4804] = new(21, "While reading current row from host, a premature end-of-message was encountered--an incoming data stream was interrupted when the server expected to see more data. The host program may have terminated. Ensure that you are using a supported client application programming interface (API).");
        templates[4815] = new(16, "Received an invalid column length from the bcp client for colid %1.");
        templates[4832] = new(16, "Bulk load: An unexpected end of file was encountered in the data file.");
        templates[4891] = new(16, "Insert bulk failed due to a schema change of the target table.");
        templates[8009] = new(16, "The incoming tabular data stream (TDS) remote procedure call (RPC) protocol stream is incorrect. Parameter %1 (\"%2\"): Data type 0x%3 is unknown.");
        templates[8179] = new(16, "Could not find prepared statement with handle %1.");
        templates[16901] = new(16, "%1: This feature has not been implemented yet.");
        templates[16902] = new(16, "%1: The value of the parameter %2 is invalid.");
        templates[16909] = new(16, "%1: The cursor identifier value provided (%2) is not valid.");
        templates[16937] = new(16, "A server cursor cannot be opened on the given statement or statements. Use a default result set or client cursor.");
        templates[17194] = new(16, "The server was unable to load the certificate: %1");
        templates[17809] = new(20, "Could not connect because the maximum number of '%1' user connections has already been reached.");
        templates[18456] = new(14, "Login failed for user '%1'.");
        templates[18486] = new(14, "Login failed for user '%1' because the account is currently locked out. The system administrator can unlock it.");
        templates[18470] = new(14, "Login failed for user '%1'. Reason: The account is disabled.");
        templates[18488] = new(14, "Login failed for user '%1'.  Reason: The password of the account must be changed.");
        templates[18452] = new(14, "Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication.");
    }
}
