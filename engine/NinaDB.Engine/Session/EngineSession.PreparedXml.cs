using NinaDB.Engine.Errors;
using NinaDB.Engine.Types.Xml;

namespace NinaDB.Engine.Session;

/// <summary>Documents of sp_xml_preparedocument: handles are odd numbers that are never used again.</summary>
public sealed partial class EngineSession
{
    private readonly Dictionary<int, PreparedXml> _preparedXml = [];
    private int _lastXmlHandle = -1;

    internal int PrepareXml(PreparedXml document)
    {
        _lastXmlHandle += 2;
        _preparedXml.Add(_lastXmlHandle, document);
        return _lastXmlHandle;
    }

    /// <summary>Error 8179 for a handle that the session does not hold.</summary>
    internal PreparedXml FindPreparedXml(int handle) => _preparedXml.TryGetValue(handle, out PreparedXml? document) ? document : throw SqlErrors.CreateWithState(8179, 5, handle);

    internal void RemovePreparedXml(int handle)
    {
        FindPreparedXml(handle);
        _preparedXml.Remove(handle);
    }

    private void ClearPreparedXml()
    {
        _preparedXml.Clear();
        _lastXmlHandle = -1;
    }
}
