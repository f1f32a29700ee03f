using System.Collections.Immutable;
using NinaDB.Engine.Syntax.Ast;

namespace NinaDB.Engine.Catalog;

/// <summary>The record format of every catalog definition. A new field goes at the end of its record behind a raised <see cref="FormatVersion"/>.</summary>
internal static partial class CatalogCodec
{
    private const byte FormatVersion = 1;

    private enum ObjectClass : byte
    {
        Table = 1, Module = 2, Sequence = 3, Synonym = 4, SecurityPolicy = 5, PartitionFunction = 6, PartitionScheme = 7, Bindable = 8,
    }

    public static CatalogWriter Write(SchemaDefinition schema)
    {
        CatalogWriter writer = Begin();
        writer.Int32(schema.SchemaId);
        writer.String(schema.Name);
        writer.Int32(schema.OwnerId);
        return writer;
    }

    public static SchemaDefinition ReadSchema(CatalogReader reader)
    {
        Check(reader);
        return new SchemaDefinition(reader.Int32(), reader.String(), reader.Int32());
    }

    public static CatalogWriter Write(PrincipalDefinition principal)
    {
        CatalogWriter writer = Begin();
        writer.Int32(principal.PrincipalId);
        writer.String(principal.Name);
        writer.Int32(principal.Type);
        writer.String(principal.DefaultSchema);
        writer.Int32(principal.OwnerId);
        writer.Bool(principal.IsFixedRole);
        writer.List(principal.MemberOf, writer.Int32);
        writer.String(principal.LoginName);
        writer.Bool(principal.NeedsConnect);
        writer.String(principal.DefaultLanguage);
        return writer;
    }

    public static PrincipalDefinition ReadPrincipal(CatalogReader reader)
    {
        Check(reader);
        return new PrincipalDefinition(
            reader.Int32(), reader.String(), (char)reader.Int32(), reader.StringOrNull(), reader.Int32(), reader.Bool(), [.. reader.List(reader.Int32)])
        {
            // Absent from records of the first releases.
            LoginName = reader.IsAtEnd ? null : reader.StringOrNull(),
            NeedsConnect = !reader.IsAtEnd && reader.Bool(),
            DefaultLanguage = reader.IsAtEnd ? null : reader.StringOrNull(),
        };
    }

    public static CatalogWriter Write(TypeDefinition type)
    {
        CatalogWriter writer = Begin();
        writer.Int32(type.UserTypeId);
        writer.Int32(type.SchemaId);
        writer.String(type.Name);
        writer.Bool(type.IsNullable);
        writer.Bool(type.Table is not null);
        if (type.Table is { } table)
        {
            WriteTable(writer, table);
        }
        else
        {
            writer.Type(type.BaseType!);
            if (type.Clr is not null || type.Default is not null || type.Rule is not null)
            {
                writer.String(type.Clr?.Assembly ?? "");
                writer.String(type.Clr?.Class ?? "");
                WriteBindings(writer, type.Default, type.Rule);
            }
        }

        return writer;
    }

    public static TypeDefinition ReadType(CatalogReader reader)
    {
        Check(reader);
        int id = reader.Int32();
        int schema = reader.Int32();
        string name = reader.String();
        bool nullable = reader.Bool();
        if (reader.Bool())
        {
            return new TypeDefinition { UserTypeId = id, SchemaId = schema, Name = name, IsNullable = nullable, Table = ReadTable(reader) };
        }

        var type = new TypeDefinition
        {
            UserTypeId = id,
            SchemaId = schema,
            Name = name,
            IsNullable = nullable,
            BaseType = reader.Type(),
            Clr = reader.IsAtEnd ? null : ReadClrName(reader),
        };
        if (reader.IsAtEnd)
        {
            return type;
        }

        (DefaultDefinition? value, RuleBinding? rule) = ReadBindings(reader);
        return type with { Default = value, Rule = rule };
    }

    public static CatalogWriter Write(AssemblyDefinition assembly)
    {
        CatalogWriter writer = Begin();
        writer.Int32(assembly.AssemblyId);
        writer.String(assembly.Name);
        writer.String(assembly.ClrName);
        writer.Byte(assembly.PermissionSet);
        writer.Bytes(assembly.Content);
        writer.DateTime(assembly.CreateDate);
        writer.List(assembly.Files, f =>
        {
            writer.Int32(f.FileId);
            writer.String(f.Name);
            writer.Bytes(f.Content);
        });
        return writer;
    }

    public static AssemblyDefinition ReadAssembly(CatalogReader reader)
    {
        Check(reader);
        return new AssemblyDefinition(reader.Int32(), reader.String(), reader.String(), reader.Byte(), reader.BytesOrNull()!, reader.DateTime())
        {
            // Absent from records of the first releases.
            Files = reader.IsAtEnd ? [] : [.. reader.List(() => new AssemblyFile(reader.Int32(), reader.String(), reader.BytesOrNull()!))],
        };
    }

    public static CatalogWriter Write(ExtendedProperty property)
    {
        CatalogWriter writer = Begin();
        writer.Byte(property.Class);
        writer.Int32(property.MajorId);
        writer.Int32(property.MinorId);
        writer.String(property.Name);
        writer.Value(property.Value);
        return writer;
    }

    public static ExtendedProperty ReadProperty(CatalogReader reader)
    {
        Check(reader);
        return new ExtendedProperty(reader.Byte(), reader.Int32(), reader.Int32(), reader.String(), reader.Value());
    }

    public static CatalogWriter Write(PermissionDefinition permission)
    {
        CatalogWriter writer = Begin();
        writer.Byte(permission.Class);
        writer.Int32(permission.MajorId);
        writer.Int32(permission.MinorId);
        writer.Int32(permission.GranteeId);
        writer.Int32(permission.GrantorId);
        writer.String(permission.Permission);
        writer.Int32(permission.State);
        return writer;
    }

    public static PermissionDefinition ReadPermission(CatalogReader reader)
    {
        Check(reader);
        return new PermissionDefinition(
            reader.Byte(), reader.Int32(), reader.Int32(), reader.Int32(), reader.Int32(), reader.String(), (char)reader.Int32());
    }

    public static CatalogWriter Write(LoginDefinition login)
    {
        CatalogWriter writer = Begin();
        writer.Int32(login.PrincipalId);
        writer.String(login.Name);
        writer.Int32(login.Type);
        writer.String(login.DefaultDatabase);
        writer.Bool(login.IsDisabled);
        writer.String(login.PasswordHash);
        WriteLoginExtras(writer, login);
        return writer;
    }

    public static LoginDefinition ReadLogin(CatalogReader reader)
    {
        Check(reader);
        return ReadLoginExtras(reader, new LoginDefinition(reader.Int32(), reader.String(), (char)reader.Int32(), reader.String(), reader.Bool(), reader.StringOrNull()));
    }

    public static CatalogWriter Write(TrustedAssembly assembly)
    {
        CatalogWriter writer = Begin();
        writer.String(assembly.HashHex);
        writer.String(assembly.Description);
        writer.DateTime(assembly.CreateDate);
        return writer;
    }

    public static TrustedAssembly ReadTrusted(CatalogReader reader)
    {
        Check(reader);
        return new TrustedAssembly(reader.String(), reader.StringOrNull(), reader.DateTime());
    }

    public static CatalogWriter Write(CatalogObject value)
    {
        CatalogWriter writer = Begin();
        switch (value)
        {
            case TableDefinition table:
                writer.Byte((byte)ObjectClass.Table);
                WriteTable(writer, table);
                WriteEdgeConstraints(writer, table);
                WriteTemporal(writer, table);
                break;
            case ModuleDefinition module:
                writer.Byte((byte)ObjectClass.Module);
                WriteModule(writer, module);
                break;
            case SequenceDefinition sequence:
                writer.Byte((byte)ObjectClass.Sequence);
                WriteHeader(writer, sequence);
                writer.Type(sequence.DataType);
                writer.Decimal(sequence.Start);
                writer.Decimal(sequence.Increment);
                writer.Decimal(sequence.Minimum);
                writer.Decimal(sequence.Maximum);
                writer.Bool(sequence.IsCycling);
                writer.Int32(sequence.CacheSize);
                break;
            case SynonymDefinition synonym:
                writer.Byte((byte)ObjectClass.Synonym);
                WriteHeader(writer, synonym);
                writer.String(synonym.BaseObjectName);
                break;
            case SecurityPolicyDefinition policy:
                writer.Byte((byte)ObjectClass.SecurityPolicy);
                WritePolicy(writer, policy);
                break;
            case PartitionFunctionDefinition function:
                writer.Byte((byte)ObjectClass.PartitionFunction);
                WritePartitionFunction(writer, function);
                break;
            case PartitionSchemeDefinition scheme:
                writer.Byte((byte)ObjectClass.PartitionScheme);
                WritePartitionScheme(writer, scheme);
                break;
            case BindableDefinition bindable:
                writer.Byte((byte)ObjectClass.Bindable);
                WriteHeader(writer, bindable);
                writer.String(bindable.Text);
                writer.String(bindable.Body);
                break;
            default:
                throw new NotSupportedException($"The catalog has no record format for {value.GetType().Name}.");
        }

        return writer;
    }

    public static CatalogObject ReadObject(CatalogReader reader)
    {
        Check(reader);
        var kind = (ObjectClass)reader.Byte();
        switch (kind)
        {
            case ObjectClass.Table:
                TableDefinition table = ReadTable(reader);

                // Absent from records of the first releases.
                table = reader.IsAtEnd ? table : table with { EdgeConstraints = ReadEdgeConstraints(reader) };
                return reader.IsAtEnd ? table : ReadTemporal(reader, table);
            case ObjectClass.Module:
                return ReadModule(reader);
            case ObjectClass.Sequence:
                Header header = ReadHeader(reader);
                return new SequenceDefinition
                {
                    ObjectId = header.ObjectId,
                    SchemaId = header.SchemaId,
                    Name = header.Name,
                    Type = header.Type,
                    ParentObjectId = header.ParentObjectId,
                    CreateDate = header.CreateDate,
                    ModifyDate = header.ModifyDate,
                    DataType = reader.Type(),
                    Start = reader.Decimal(),
                    Increment = reader.Decimal(),
                    Minimum = reader.Decimal(),
                    Maximum = reader.Decimal(),
                    IsCycling = reader.Bool(),
                    CacheSize = reader.Int32(),
                };
            case ObjectClass.Synonym:
                Header synonym = ReadHeader(reader);
                return new SynonymDefinition
                {
                    ObjectId = synonym.ObjectId,
                    SchemaId = synonym.SchemaId,
                    Name = synonym.Name,
                    Type = synonym.Type,
                    ParentObjectId = synonym.ParentObjectId,
                    CreateDate = synonym.CreateDate,
                    ModifyDate = synonym.ModifyDate,
                    BaseObjectName = reader.String(),
                };
            case ObjectClass.SecurityPolicy:
                return ReadPolicy(reader);
            case ObjectClass.PartitionFunction:
                return ReadPartitionFunction(reader);
            case ObjectClass.PartitionScheme:
                return ReadPartitionScheme(reader);
            case ObjectClass.Bindable:
                return ReadBindable(reader);
            default:
                throw new InvalidDataException($"The catalog has an object of unknown class {kind}.");
        }
    }

    private static void WritePolicy(CatalogWriter writer, SecurityPolicyDefinition policy)
    {
        WriteHeader(writer, policy);
        writer.Bool(policy.IsEnabled);
        writer.Bool(policy.IsSchemaBound);
        writer.Bool(policy.IsNotForReplication);
        writer.Int32(policy.LastPredicateId);
        writer.List(policy.Predicates, p =>
        {
            writer.Int32(p.PredicateId);
            writer.Int32(p.TargetObjectId);
            writer.Bool(p.IsBlock);
            writer.Byte((byte)p.Operation);
            writer.String(p.Text);
            writer.Int32(p.FunctionId);
        });
    }

    private static SecurityPolicyDefinition ReadPolicy(CatalogReader reader)
    {
        Header header = ReadHeader(reader);
        return new SecurityPolicyDefinition
        {
            ObjectId = header.ObjectId,
            SchemaId = header.SchemaId,
            Name = header.Name,
            Type = header.Type,
            ParentObjectId = header.ParentObjectId,
            CreateDate = header.CreateDate,
            ModifyDate = header.ModifyDate,
            IsEnabled = reader.Bool(),
            IsSchemaBound = reader.Bool(),
            IsNotForReplication = reader.Bool(),
            LastPredicateId = reader.Int32(),
            Predicates = [.. reader.List(() => new SecurityPredicateDefinition(
                reader.Int32(), reader.Int32(), reader.Bool(), (SecurityOperation)reader.Byte(), reader.String(), reader.Int32()))],
        };
    }

    private static CatalogWriter Begin()
    {
        var writer = new CatalogWriter();
        writer.Byte(FormatVersion);
        return writer;
    }

    private static void Check(CatalogReader reader)
    {
        byte version = reader.Byte();
        if (version != FormatVersion)
        {
            throw new InvalidDataException($"A catalog record has format {version}; this version reads format {FormatVersion}.");
        }
    }

    private readonly record struct Header(int ObjectId, int SchemaId, string Name, string Type, int ParentObjectId, DateTime CreateDate, DateTime ModifyDate);

    private static void WriteHeader(CatalogWriter writer, CatalogObject value)
    {
        writer.Int32(value.ObjectId);
        writer.Int32(value.SchemaId);
        writer.String(value.Name);
        writer.String(value.Type);
        writer.Int32(value.ParentObjectId);
        writer.DateTime(value.CreateDate);
        writer.DateTime(value.ModifyDate);
    }

    private static Header ReadHeader(CatalogReader reader) => new(
        reader.Int32(), reader.Int32(), reader.String(), string.Intern(reader.String()), reader.Int32(), reader.DateTime(), reader.DateTime());

    private static void WriteModule(CatalogWriter writer, ModuleDefinition module)
    {
        WriteHeader(writer, module);
        writer.String(module.Text);
        writer.List(module.Parameters, p =>
        {
            writer.String(p.Name);
            writer.Type(p.Type);
            writer.Int32(p.UserTypeId);
            writer.Bool(p.IsOutput);
            writer.Bool(p.IsReadOnly);
            writer.Bool(p.HasDefault);
        });
        writer.Bool(module.ReturnType is not null);
        if (module.ReturnType is { } returnType)
        {
            writer.Type(returnType);
        }

        writer.List(module.Columns, c =>
        {
            writer.String(c.Name);
            writer.Type(c.Type);
            writer.Bool(c.IsNullable);
        });
        writer.Bool(module.ReturnTable is not null);
        if (module.ReturnTable is { } table)
        {
            WriteTable(writer, table);
        }

        writer.Bool(module.IsSchemaBound);
        writer.Bool(module.UsesAnsiNulls);
        writer.Bool(module.UsesQuotedIdentifier);
        writer.Bool(module.ReturnsNullOnNullInput);
        writer.Bool(module.ExecuteAsPrincipalId is not null);
        writer.Int32(module.ExecuteAsPrincipalId ?? 0);
        writer.Bool(module.External is not null);
        if (module.External is { } external)
        {
            writer.String(external.Assembly);
            writer.String(external.Class);
            writer.String(external.Method);
        }

        writer.Bool(module.IsInsteadOf);
        writer.List(module.TriggerEvents, writer.String);
        writer.Bool(module.IsDisabled);
        writer.Bool(module.WithCheckOption);
        writer.List(module.Dependencies, writer.Int32);
        WriteModuleExtras(writer, module);
    }

    private static ModuleDefinition ReadModule(CatalogReader reader)
    {
        Header header = ReadHeader(reader);
        var module = new ModuleDefinition
        {
            ObjectId = header.ObjectId,
            SchemaId = header.SchemaId,
            Name = header.Name,
            Type = header.Type,
            ParentObjectId = header.ParentObjectId,
            CreateDate = header.CreateDate,
            ModifyDate = header.ModifyDate,
            Text = reader.String(),
            Parameters = [.. reader.List(() => new ParameterDefinition
            {
                Name = reader.String(),
                Type = reader.Type(),
                UserTypeId = reader.Int32(),
                IsOutput = reader.Bool(),
                IsReadOnly = reader.Bool(),
                HasDefault = reader.Bool(),
            })],
            ReturnType = reader.Bool() ? reader.Type() : null,
            Columns = [.. reader.List(() => new ResultColumnDefinition(reader.String(), reader.Type(), reader.Bool()))],
            ReturnTable = reader.Bool() ? ReadTable(reader) : null,
            IsSchemaBound = reader.Bool(),
            UsesAnsiNulls = reader.Bool(),
            UsesQuotedIdentifier = reader.Bool(),
            ReturnsNullOnNullInput = reader.Bool(),
        };
        bool executesAs = reader.Bool();
        int principal = reader.Int32();
        module = module with
        {
            ExecuteAsPrincipalId = executesAs ? principal : null,
            External = reader.Bool() ? new ExternalName(reader.String(), reader.String(), reader.String()) : null,
            IsInsteadOf = reader.Bool(),
            TriggerEvents = [.. reader.List(reader.String)],
            IsDisabled = reader.Bool(),
            WithCheckOption = reader.Bool(),
            Dependencies = [.. reader.List(reader.Int32)],
        };
        return reader.IsAtEnd ? module : ReadModuleExtras(reader, module);
    }
}
