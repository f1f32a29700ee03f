using NinaDB.Engine.Types;
using NinaDB.Engine.Types.Xml;

namespace NinaDB.Engine.Catalog.Procedures;

/// <summary>sp_xml_preparedocument and sp_xml_removedocument: https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-xml-preparedocument-transact-sql.</summary>
internal static partial class SystemProcedures
{
    private static void AddXmlProcedures(Action<SystemProcedure> add)
    {
        add(Reads("sp_xml_preparedocument", call =>
        {
            call.Arguments[0] = SqlValue.FromInt(call.Session.PrepareXml(new PreparedXml(call.Text(1), call.Text(2))));
            return 0;
        },
            new SystemParameter("@hdoc", SqlType.Int, IsOutput: true), Optional("@xmltext", SqlType.NVarCharMax), Optional("@xpath_namespaces", SqlType.NVarCharMax)));
        add(Reads("sp_xml_removedocument", call =>
        {
            call.Session.RemovePreparedXml(call.Arguments[0].IsNull ? 0 : call.Arguments[0].AsInt32);
            return 0;
        },
            Required("@hdoc", SqlType.Int)));
    }
}
