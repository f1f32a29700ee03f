using NinaDB.Engine.Catalog;
using NinaDB.Engine.Errors;
using NinaDB.Engine.Security;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Execution.Ddl;

/// <summary>
/// Who may run which definition statement. Ownership chains do not reach this far: inside a module the current principal is asked as well. Each statement has its own
/// way of refusing; most of them do not tell what is missing from what is forbidden.
/// </summary>
/// <remarks>https://learn.microsoft.com/en-us/sql/relational-databases/security/permissions-database-engine</remarks>
internal sealed partial class DdlExecutor
{
    private PrincipalAccess Access => PrincipalAccess.Of(_session);

    private ServerAccess ServerRights => ServerAccess.Of(_session);

    private void Authorize(Statement statement)
    {
        if (statement is PrincipalStatement { Class: "LOGIN" or "SERVER ROLE" } server)
        {
            // To own a database makes nobody an administrator of the server.
            AuthorizeServerPrincipal(server);
            return;
        }

        if (Access.IsUnlimited)
        {
            return;
        }

        switch (statement)
        {
            case CreateTableStatement s when !TemporaryNames.IsTemporary(s.Name.Name):
                RequireCreate("CREATE TABLE", s.Name);
                break;
            case AlterTableStatement s:
                RequireAlter(s.Name, 4902);
                break;
            case CreateIndexStatement s:
                RequireAlter(s.Table, 1088);
                break;
            case CreateVectorIndexStatement s:
                RequireAlter(s.Table, 1088);
                break;
            case AlterIndexStatement s:
                RequireAlter(s.Table, 1088);
                break;
            case StatisticsStatement s:
                RequireAlter(s.Table, 1088);
                break;
            case CreateTriggerStatement s:
                AuthorizeTrigger(s);
                break;
            case TriggerStateStatement { Table: { } table }:
                RequireAlter(table, 1088);
                break;
            case ModuleStatement s:
                AuthorizeModule(s);
                break;
            case CreateSchemaStatement s:
                AuthorizeSchema(s);
                break;
            case AlterSchemaStatement s:
                AuthorizeTransfer(s);
                break;
            case CreateTypeStatement s:
                RequireCreate("CREATE TYPE", s.Name);
                break;
            case CreateSynonymStatement s:
                RequireCreate("CREATE SYNONYM", s.Name);
                break;
            case CreateBindableStatement s:
                RequireCreate(s.IsRule ? "CREATE RULE" : "CREATE DEFAULT", s.Name);
                break;
            case XmlSchemaCollectionStatement { IsAlter: false } s:
                RequireCreate("CREATE XML SCHEMA COLLECTION", s.Name);
                break;
            case SequenceStatement s:
                AuthorizeSequence(s);
                break;
            case AssemblyStatement s:
                AuthorizeAssembly(s);
                break;
            case SecurityPolicyStatement s:
                AuthorizePolicy(s);
                break;
            case DatabaseStatement s when s.Action == "SCOPED CONFIGURATION" || s is { Action: "ALTER", Name: null }:
                if (!Access.OnDatabase(s.Action == "SCOPED CONFIGURATION" ? "ALTER ANY DATABASE SCOPED CONFIGURATION" : "ALTER"))
                {
                    throw SqlErrors.CreateAfter(SqlErrors.Create(5011, s.Name ?? Catalog.DatabaseName), 5069, "ALTER DATABASE");
                }

                break;
            case PrincipalStatement s:
                AuthorizePrincipal(s);
                break;
            case AlterAuthorizationStatement s:
                if (s.SecurableClass is not ("DATABASE" or "SERVER ROLE") && !Access.OnDatabase("CONTROL"))
                {
                    throw SqlErrors.Create(15151, "alter", s.SecurableClass.ToLowerInvariant(), s.Securable.Name);
                }

                break;
        }
    }

    /// <summary>Errors 262 (the database's permission) and 2760 (ALTER on the schema).</summary>
    private void RequireCreate(string permission, ObjectName name)
    {
        RequireDatabase(permission);
        if (Catalog.SchemasByName.TryGetValue(name.Schema ?? _session.DefaultSchema, out SchemaDefinition? schema) && !Access.OnSchema("ALTER", schema.SchemaId))
        {
            throw SqlErrors.Create(2760, schema.Name);
        }
    }

    private void RequireDatabase(string permission)
    {
        if (!Access.OnDatabase(permission))
        {
            throw SqlErrors.Create(262, permission, Catalog.DatabaseName);
        }
    }

    /// <summary>ALTER on a table or view; without it the statement finds no such object.</summary>
    private void RequireAlter(ObjectName name, int missing)
    {
        if (FindObject(name) is { } found && found is not TableDefinition { Storage: not TableStorageKind.Durable } && !Access.OnObject("ALTER", found))
        {
            throw SqlErrors.CreateWithState(missing, missing == 1088 ? (byte)12 : (byte)1, name.ToString());
        }
    }

    private void AuthorizeModule(ModuleStatement statement)
    {
        CatalogObject? existing = FindObject(statement.Name);
        if (existing is not null && statement.Action != ModuleAction.Create)
        {
            if (!Access.OnObject("ALTER", existing))
            {
                throw Access.Sees(existing) ? SqlErrors.Create(3704, Noun(existing.Type), existing.Name) : SqlErrors.CreateWithState(208, 6, statement.Name.ToString());
            }
        }
        else if (statement.Action != ModuleAction.Alter)
        {
            RequireCreate(
                statement switch
                {
                    CreateProcedureStatement => "CREATE PROCEDURE",
                    CreateViewStatement => "CREATE VIEW",
                    CreateAggregateStatement => "CREATE AGGREGATE",
                    _ => "CREATE FUNCTION",
                },
                statement.Name);
        }

        RequireImpersonation(statement);
    }

    /// <summary>EXECUTE AS another principal in a module needs IMPERSONATE on it, as the statement does.</summary>
    private void RequireImpersonation(ModuleStatement statement)
    {
        int? principalId = ExecuteAs(statement.Options);
        if (principalId == -2)
        {
            principalId = Catalog.SchemasByName.GetValueOrDefault(statement.Name.Schema ?? _session.DefaultSchema)?.OwnerId;
        }

        if (principalId is { } id && id != _session.PrincipalId && Catalog.Principals.TryGetValue(id, out PrincipalDefinition? principal) && !Access.OnPrincipal("IMPERSONATE", principal))
        {
            throw SqlErrors.Create(15151, "execute as", "user", principal.Name);
        }
    }

    private void AuthorizeTrigger(CreateTriggerStatement statement)
    {
        if (statement.Scope == "ALL SERVER")
        {
            RequireServerTriggers();
            return;
        }

        if (statement.Target is null)
        {
            RequireDatabase("ALTER ANY DATABASE DDL TRIGGER");
        }
        else if (FindObject(statement.Target) is { } target && !Access.OnObject("ALTER", target))
        {
            throw SqlErrors.Create(8197, statement.Target.ToString());
        }

        RequireImpersonation(statement);
    }

    private void AuthorizeSchema(CreateSchemaStatement statement)
    {
        if (!Access.OnDatabase("CREATE SCHEMA"))
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(262, "CREATE SCHEMA", Catalog.DatabaseName), 2759);
        }

        if (statement.Owner is { } name && Catalog.FindPrincipal(name) is { } owner && !Access.Is(owner.PrincipalId) && !Access.OnPrincipal(owner.Type == 'R' ? "ALTER" : "IMPERSONATE", owner))
        {
            throw SqlErrors.CreateAfter(SqlErrors.Create(15151, "find", "user", name), 2759);
        }
    }

    private void AuthorizeTransfer(AlterSchemaStatement statement)
    {
        if (Catalog.SchemasByName.TryGetValue(statement.Name, out SchemaDefinition? schema) && !Access.OnSchema("ALTER", schema.SchemaId))
        {
            throw SqlErrors.Create(15151, "alter", "schema", statement.Name);
        }

        if (FindObject(statement.Object) is { } moved && !Access.OnObject("CONTROL", moved))
        {
            throw SqlErrors.Create(15151, "find", "object", statement.Object.Name);
        }
    }

    private void AuthorizeSequence(SequenceStatement statement)
    {
        if (statement.IsAlter)
        {
            if (FindObject(statement.Name) is { } found && !Access.OnObject("ALTER", found))
            {
                throw SqlErrors.Create(15151, "alter", "sequence object", statement.Name.Name);
            }
        }
        else if (Catalog.SchemasByName.TryGetValue(statement.Name.Schema ?? _session.DefaultSchema, out SchemaDefinition? schema) && !Access.OnSchema("CREATE SEQUENCE", schema.SchemaId))
        {
            throw SqlErrors.Create(2760, schema.Name);
        }
    }

    private void AuthorizeAssembly(AssemblyStatement statement)
    {
        if (!statement.IsAlter)
        {
            RequireDatabase("CREATE ASSEMBLY");
        }
        else if (Catalog.Assemblies.GetValueOrDefault(statement.Name) is { } assembly && !Access.OnAssembly("ALTER", assembly.AssemblyId))
        {
            throw SqlErrors.Create(15151, "alter", "assembly", statement.Name);
        }
    }

    private void AuthorizePolicy(SecurityPolicyStatement statement)
    {
        bool mayAlterAny = Access.OnDatabase("ALTER ANY SECURITY POLICY");
        if (statement.IsAlter)
        {
            if (FindObject(statement.Name) is { } policy && !(mayAlterAny && Access.OnObject("ALTER", policy)))
            {
                throw SqlErrors.CreateWithState(33268, 7, statement.Name.ToString());
            }
        }
        else
        {
            if (!mayAlterAny)
            {
                throw SqlErrors.CreateAfter(SqlErrors.Create(262, "CREATE SECURITY POLICY", Catalog.DatabaseName), 15247);
            }

            if (Catalog.SchemasByName.TryGetValue(statement.Name.Schema ?? _session.DefaultSchema, out SchemaDefinition? schema) && !Access.OnSchema("ALTER", schema.SchemaId))
            {
                throw SqlErrors.Create(2760, schema.Name);
            }
        }

        foreach (SecurityPredicateSyntax predicate in statement.Predicates)
        {
            if (predicate.Function is { } call && FindObject(call.Name) is { } function)
            {
                new PermissionCheck(_session, null).Require(function, "SELECT");
            }
        }
    }

    private void AuthorizePrincipal(PrincipalStatement statement)
    {
        PrincipalDefinition? existing = Catalog.FindPrincipal(statement.Name);
        switch (statement.Class, statement.Action)
        {
            case ("USER", "CREATE"):
                if (!Access.OnDatabase("CREATE USER"))
                {
                    throw SqlErrors.Create(15247);
                }

                break;
            case ("ROLE", "CREATE"):
                if (!Access.OnDatabase("CREATE ROLE"))
                {
                    throw SqlErrors.Create(15247);
                }

                break;
            case ("USER" or "ROLE", _) when existing is not null:
                // Who is in a fixed role is the business of its owners alone.
                bool mayAlter = existing.IsFixedRole ? Access.OnDatabase("CONTROL") : Access.OnPrincipal("ALTER", existing);
                bool isOwnSchema = statement.Class == "USER" && existing.PrincipalId == _session.PrincipalId && statement.Options.Keys.All(k => k == "DEFAULT_SCHEMA");
                if (!mayAlter && !isOwnSchema)
                {
                    throw SqlErrors.Create(15151, "alter", statement.Class.ToLowerInvariant(), statement.Name);
                }

                break;
        }
    }

    /// <summary>Whether something may be dropped: CONTROL on it, or ALTER on its schema. What may not be dropped is said not to exist.</summary>
    private void AuthorizeDrop(string kind, CatalogObject found, ObjectName name)
    {
        if (Access.IsUnlimited || found is TableDefinition { Storage: not TableStorageKind.Durable })
        {
            return;
        }

        CatalogObject owner = found is ModuleDefinition { Type: ObjectTypes.Trigger } && Catalog.Find(found.ParentObjectId) is { } parent ? parent : found;
        bool may = found.Type switch
        {
            ObjectTypes.Trigger => Access.OnObject("ALTER", owner),
            ObjectTypes.SecurityPolicy => Access.OnDatabase("ALTER ANY SECURITY POLICY") && Access.OnSchema("ALTER", found.SchemaId),
            _ => Access.OnObject("CONTROL", found) || Access.OnSchema("ALTER", found.SchemaId),
        };
        if (!may)
        {
            throw SqlErrors.CreateWithState(3701, 20, "drop", kind, name.ToString());
        }
    }

    private void AuthorizeDrop(string kind, string name, Func<bool> may)
    {
        if (!Access.IsUnlimited && !may())
        {
            throw SqlErrors.Create(15151, "drop", kind, name);
        }
    }
}
