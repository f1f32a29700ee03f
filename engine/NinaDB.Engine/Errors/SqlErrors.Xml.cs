namespace NinaDB.Engine.Errors;

public static partial class SqlErrors
{
    private static Dictionary<int, string> XmlParsingTexts => new()
    {
        [9400] = "unexpected end of input",
        [9401] = "unrecognized encoding",
        [9402] = "unable to switch the encoding",
        [9410] = "whitespace expected",
        [9411] = "semicolon expected",
        [9412] = "'>' expected",
        [9413] = "A string literal was expected",
        [9414] = "equal expected",
        [9415] = "well formed check: no '<' in attribute value",
        [9416] = "hexadecimal digit expected",
        [9417] = "decimal digit expected",
        [9420] = "illegal xml character",
        [9421] = "illegal name character",
        [9422] = "incorrect document syntax",
        [9423] = "incorrect CDATA section syntax",
        [9424] = "incorrect comment syntax",
        [9436] = "end tag does not match start tag",
        [9437] = "duplicate attribute",
        [9438] = "text/xmldecl not at the beginning of input",
        [9439] = "namespaces beginning with \"xml\" are reserved",
        [9441] = "incorrect xml declaration syntax",
        [9442] = "incorrect encoding name syntax",
        [9448] = "well formed check: undeclared entity",
        [9451] = "incorrect processing instruction syntax",
        [9454] = "no ']]>' in element content",
        [9455] = "illegal qualified name character",
        [9456] = "multiple colons in qualified name",
        [9458] = "redeclared prefix",
        [9459] = "undeclared prefix",
        [9460] = "non default namespace with empty uri",
        [9463] = "xml:space has a non-legal value",
        [9464] = "XML namespace prefix 'xml' can only be associated with the URI http://www.w3.org/XML/1998/namespace. This URI cannot be used with other prefixes.",
        [9465] = "XML namespace prefix 'xmlns' is reserved for use by XML.",
    };

    /// <summary>An error of the XML parser: the same sentence with a detail of its own a number. It ends the transaction, XACT_ABORT or not.</summary>
    internal static SqlErrorException XmlParsing(int number, int line, int character) => Aborting(Create(number, line, character));

    /// <summary>An error that acts as every error does under XACT_ABORT.</summary>
    internal static SqlErrorException Aborting(SqlErrorException error)
    {
        error.EndsTransaction = true;
        return error;
    }

    private static void AddXml(Dictionary<int, Template> templates)
    {
        foreach ((int number, string detail) in XmlParsingTexts)
        {
            templates[number] = new(16, "XML parsing: line %1, character %2, " + detail);
        }

        AddXQuery(templates);
        AddXmlSchemas(templates);
        AddForXml(templates);
        AddSpecialIndexes(templates);
        templates[227] = new(15, "\"%1\" is not a valid function, property, or field.");
        templates[318] = new(15, "The table (and its columns) returned by a table-valued method need to be aliased.");
        templates[344] = new(16, "Remote function reference '%1' is not allowed, and the column name '%2' could not be found or is ambiguous.");
        templates[493] = new(16, "The column '%1' that was returned from the nodes() method cannot be used directly. It can only be used with one of the four XML data type methods, exist(), nodes(), query(), and value(), or in IS NULL and IS NOT NULL checks.");
        templates[525] = new(16, "The column that was returned from the nodes() method cannot be converted to the data type %1. It can only be used with one of the four XML data type methods, exist(), nodes(), query(), and value(), or in IS NULL and IS NOT NULL checks.");
        templates[5302] = new(16, "Mutator '%1' on '%2' cannot be called on a null value.");
        templates[6305] = new(16, "XQuery data manipulation expression required in XML data type method.");
        templates[6306] = new(16, "Invalid XQuery expression passed to XML data type method.");
        templates[6307] = new(16, "XML well-formedness check: Attribute cannot appear outside of element declaration. Rewrite your XQuery so it returns well-formed XML.");
        templates[6308] = new(16, "XML well-formedness check: Duplicate attribute '%1'. Rewrite your XQuery so it returns well-formed XML.");
        templates[6320] = new(16, "XQuery: Only nillable elements or text nodes can be updated with empty sequence");
        templates[6325] = new(16, "XQuery: Replacing the value of a node with an empty sequence is allowed only if '()' is used as the new value expression. The new value expression evaluated to an empty sequence but it is not '()'.");
        templates[6335] = new(16, "XML datatype instance has too many levels of nested nodes. Maximum allowed depth is 128 levels.");
        templates[6354] = new(16, "Target string size is too small to represent the XML instance");
        templates[6355] = new(16, "Conversion of one or more characters from XML to target collation impossible");
        templates[6358] = new(16, "%1 is not a valid style number when converting to XML.");
        templates[6359] = new(16, "Parsing XML with internal subset DTDs not allowed. Use CONVERT with style option 2 to enable limited internal subset DTD support.");
        templates[6602] = new(16, "The error description is '%1'.");
        templates[6603] = new(16, "XML parsing error: %1");
        templates[8113] = new(16, "Incorrect use of the XML data type method '%1'. A mutator method is expected in this context.");
        templates[8137] = new(16, "Incorrect use of the XML data type method '%1'. A non-mutator method is expected in this context.");
        templates[8172] = new(16, "The argument %1 of the XML data type method \"%2\" must be a string literal.");
        templates[9500] = new(16, "The data type '%1' used in the VALUE method is invalid.");
        templates[9501] = new(16, "XQuery: Unable to resolve sql:variable('%1'). The variable must be declared as a scalar TSQL variable.");
        templates[9519] = new(16, "XQuery: The name supplied to sql:variable('%1') is not a valid SQL variable name. Variable names must start with the '@' symbol followed by at least one character.");
    }

    /// <summary>Messages of JSON and XML indexes.</summary>
    private static void AddSpecialIndexes(Dictionary<int, Template> templates)
    {
        void Add(int number, string text) => templates[number] = new(16, text);
        templates.TryAdd(129, new(15, "Fillfactor %1 is not a valid percentage; fillfactor must be between 1 and 100."));
        Add(3767, "Could not drop the primary key constraint '%1' because the table has a JSON index.");
        Add(6330, "Column '%1' on table '%2' is not of type XML, which is required to create an XML index on it.");
        Add(6331, "Primary XML Index '%1' already exists on column '%2' on table '%3', and multiple Primary XML Indexes per column are not allowed.");
        Add(6332, "Table '%1' needs to have a clustered primary key with less than 16 columns in it in order to create a primary XML index on it.");
        Add(6333, "Could not find%1 XML index named '%2' on table '%3'");
        Add(6342, "Cannot create primary xml or spatial index '%1' on table '%2', column '%3', because the column is computed.");
        Add(6343, "Cannot create secondary xml index '%1' without a USING XML INDEX clause.");
        Add(6344, "The primary xml index '%1' does not exist on table '%2' column '%3'.");
        Add(13672, "Table '%1' needs to have a clustered primary key with less than 32 columns in it in order to create a JSON index on it.");
        Add(13675, "Cannot create a JSON index on temp objects. '%1' is identified as a temp object.");
        Add(13680, "Column '%1' on table '%2' is not of JSON data type, which is required to create a JSON index on it.");
        Add(13681, "A JSON index '%1' already exists on column '%2' on table '%3', and multiple JSON indexes per column are not allowed.");
        Add(13683, "Invalid JSON paths in JSON index.");
        Add(13685, "A JSON index '%1' cannot be found on column '%2' on table '%3'.");
        Add(13688, "One or more of the specified ALTER INDEX options is invalid for a JSON index.");
    }

    /// <summary>Messages of XQuery: %1 is where the query stands.</summary>
    private static void AddXQuery(Dictionary<int, Template> templates)
    {
        void Add(int number, string text) => templates[number] = new(16, "%1" + text);
        Add(2203, "Only 'http://www.w3.org/2001/XMLSchema#decimal?', 'http://www.w3.org/2001/XMLSchema#boolean?' or 'node()*' expressions allowed as predicates, found '%2'");
        Add(2204, "Only 'http://www.w3.org/2001/XMLSchema#boolean?' or 'node()*' expressions allowed in conditions and with logical operators, found '%2'");
        Add(2205, "\"%2\" was expected.");
        Add(2207, "Only non-document nodes can be inserted. Found \"%2\".");
        Add(2209, "Syntax error near '%2'");
        Add(2210, "Heterogeneous sequences are not allowed: found '%2' and '%3'");
        Add(2219, "There is no attribute named '@%2' in the type '%3'.");
        Add(2225, "A string literal was expected");
        Add(2226, "The target of 'insert' must be a single node, found '%2'");
        Add(2227, "The variable '%2' was not found in the scope in which it was referenced.");
        Add(2228, "The variable '%2:%3' was not found in the scope in which it was referenced.");
        Add(2229, "The name \"%2\" does not denote a namespace.");
        Add(2231, "The name \"%2\" does not denote a defined type.");
        Add(2232, "The name \"%2:%3\" does not denote a defined type.");
        Add(2234, "The operator \"%2\" cannot be applied to \"%3\" and \"%4\" operands.");
        Add(2236, "There are not enough actual arguments in the call to function \"%2\".");
        Add(2238, "Too many arguments in call to function '%2'");
        Add(2240, "The target of 'insert into' must be an element/document node, found '%2'");
        Add(2241, "Variable expected: '$name'");
        Add(2248, "Syntax error near '%2', expected 'as', 'into', 'before' or 'after'.");
        Add(2249, "The target of 'insert before/after' must be an element/PI/comment/text node, found '%2'");
        Add(2256, "Syntax error near '%2', expected a \"node test\".");
        Add(2258, "The position may not be specified when inserting an attribute node, found '%2'");
        Add(2261, "There is no element named '%2' in the type '%3'.");
        Add(2264, "Only non-document nodes may be deleted, found '%2'");
        Add(2266, "Expected end tag '%2:%3'");
        Add(2267, "Expected end tag '%2'");
        Add(2270, "Duplicate attribute '%2:%3'");
        Add(2271, "Duplicate attribute '%2'");
        Add(2272, "'?>' expected");
        Add(2273, "Unterminated CDATA section");
        Add(2274, "Unterminated string constant (started on line %2)");
        Add(2278, "A tag name may not start with the character '%2'");
        Add(2282, "Invalid entity reference");
        Add(2283, "The character '%2' may not be part of an entity reference");
        Add(2285, "Invalid numeric entity reference");
        Add(2294, "'xml' is not allowed as a processing instruction target.");
        Add(2323, "The end tag '%2' doesn't match opening tag '%3' from line %4");
        Add(2337, "The target of 'replace' must be at most one node, found '%2'");
        Add(2340, "Comment started on line %2 has no end");
        Add(2342, "Invalid numeric constant.");
        Add(2351, "Expected 'first' or 'last'");
        Add(2356, "The target of 'replace value of' must be a non-metadata attribute or an element with simple typed content, found '%2'");
        Add(2359, "The target of '%2' may not be a constructed node");
        Add(2363, "XQuery too complex");
        Add(2364, "Cannot implicitly convert from '%2' to '%3'");
        Add(2365, "Cannot explicitly convert from '%2' to '%3'");
        Add(2371, "'%2' can only be used within a predicate or XPath selector");
        Add(2373, "%2 is not supported with constructed XML");
        Add(2374, "A node or set of nodes is required for %2");
        Add(2377, "Result of '%2' expression is statically 'empty'");
        Add(2389, "'%2' requires a singleton (or empty sequence), found operand of type '%3'");
        Add(2392, "'%2::' is not a valid axis");
        Add(2395, "There is no function '%2:%3()'");
        Add(2396, "Attribute may not appear outside of an element");
        Add(9301, "In this version of the server, 'cast as <type>' is not available. Please use the 'cast as <type> ?' syntax.");
        Add(9303, "Syntax error near '%2', expected '%3'.");
        Add(9304, "This version of the server only supports XQuery version '1.0'.");
        Add(9308, "The argument of '%2' must be of a single numeric primitive type or 'http://www.w3.org/2004/07/xpath-datatypes#untypedAtomic'. Found argument of type '%3'.");
        Add(9310, "The 'with' clause of 'replace value of' cannot contain constructed XML.");
        Add(9313, "This version of the server does not support multiple expressions or expressions mixed with strings in an attribute constructor.");
        Add(9315, "Only constant expressions are supported for the name expression of computed element and attribute constructors.");
        Add(9316, "Cannot use 'xmlns' in the name expression of computed attribute constructor.");
        Add(9317, "Syntax error near '%2', expected string literal.");
        Add(9319, "Static simple type validation: Invalid simple type value '%2'.");
        Add(9320, "The result of applying the 'parent' axis on the document node is statically 'empty'.");
        Add(9322, "Two consecutive '-' can only appear in a comment constructor if they are used to close the comment ('-->').");
        Add(9323, "Using ':' in variable names is not supported in this version of the server.");
        Add(9324, "Found '}' without matching '{'. If you want to use the characters '{' or '}', you need to escape them as '{{' or '}}' respectively.");
        Add(9325, "Computed processing instruction constructors are not supported.");
        Add(9326, "Computed comment constructors are not supported.");
        Add(9327, "All prolog entries need to end with ';', found '%2'.");
        Add(9332, "Syntax error near '%2', expected 'where', '(stable) order by' or 'return'.");
        Add(9335, "The XQuery syntax '%2' is not supported.");
        Add(9338, "The value of a namespace declaration attribute must be a string literal. It cannot contain expressions.");
        Add(9341, "Syntax error near '%2', expected a step expression.");
        Add(9342, "An XML instance is only supported as the direct source of an insert using sql:column/sql:variable.");
        Add(9344, "The SQL type '%2' is not supported with sql:column() and sql:variable().");
    }

    /// <summary>Messages of FOR XML and WITH XMLNAMESPACES.</summary>
    private static void AddForXml(Dictionary<int, Template> templates)
    {
        void Add(int number, string text) => templates[number] = new(16, text);
        Add(6800, "FOR XML AUTO requires at least one table for generating XML tags. Use FOR XML RAW or add a FROM clause with a table name.");
        Add(6801, "FOR XML EXPLICIT requires at least three columns, including the tag column, the parent column, and at least one data column.");
        Add(6802, "FOR XML EXPLICIT query contains the invalid column name '%1'. Use the TAGNAME!TAGID!ATTRIBUTENAME[!..] format where TAGID is a positive integer.");
        Add(6803, "FOR XML EXPLICIT requires the first column to hold positive integers that represent XML tag IDs.");
        Add(6804, "FOR XML EXPLICIT requires the second column to hold NULL or nonnegative integers that represent XML parent tag IDs.");
        Add(6805, "FOR XML EXPLICIT stack overflow occurred. Circular parent tag relationships are not allowed.");
        Add(6806, "Undeclared tag ID %1 is used in a FOR XML EXPLICIT query.");
        Add(6807, "Undeclared parent tag ID %1 is used in a FOR XML EXPLICIT query.");
        Add(6809, "Unnamed tables cannot be used as XML identifiers as well as unnamed columns cannot be used for attribute names. Name unnamed columns/tables using AS in the SELECT statement.");
        Add(6810, "Column name '%1' is repeated. The same attribute cannot be generated more than once on the same XML tag.");
        Add(6812, "XML tag ID %1 that was originally declared as '%2' is being redeclared as '%3'.");
        Add(6813, "FOR XML EXPLICIT cannot combine multiple occurrences of ID, IDREF, IDREFS, NMTOKEN, and/or NMTOKENS in column name '%1'.");
        Add(6815, "In the FOR XML EXPLICIT clause, ID, IDREF, IDREFS, NMTOKEN, and NMTOKENS attributes cannot be hidden in '%1'.");
        Add(6817, "FOR XML EXPLICIT cannot combine multiple occurrences of ELEMENT, XML, XMLTEXT, and CDATA in column name '%1'.");
        Add(6819, "The FOR XML clause is not allowed in a %1 statement.");
        Add(6820, "FOR XML EXPLICIT requires column %1 to be named '%2' instead of '%3'.");
        Add(6824, "In the FOR XML EXPLICIT clause, mode '%1' in a column name is invalid.");
        Add(6825, "ELEMENTS option is only allowed in RAW, AUTO, and PATH modes of FOR XML.");
        Add(6826, "Every IDREFS or NMTOKENS column in a FOR XML EXPLICIT query must appear in a separate SELECT clause, and the instances must be ordered directly after the element to which they belong.");
        Add(6827, "FOR XML EXPLICIT queries allow only one XMLTEXT column per tag. Column '%1' declares another XMLTEXT column that is not permitted.");
        Add(6829, "FOR XML EXPLICIT and RAW modes currently do not support addressing binary data as URLs in column '%1'. Remove the column, or use the BINARY BASE64 mode, or create the URL directly using the 'dbobject/TABLE[@PK1=\"V1\"]/@COLUMN' syntax.");
        Add(6830, "FOR XML AUTO could not find the table owning the following column '%1' to create a URL address for it. Remove the column, or use the BINARY BASE64 mode, or create the URL directly using the 'dbobject/TABLE[@PK1=\"V1\"]/@COLUMN' syntax.");
        Add(6831, "FOR XML AUTO requires primary keys to create references for '%1'. Select primary keys, or use BINARY BASE64 to obtain binary data in encoded form if no primary keys exist.");
        Add(6833, "Parent tag ID %1 is not among the open tags. FOR XML EXPLICIT requires parent tags to be opened first. Check the ordering of the result set.");
        Add(6834, "XMLTEXT field '%1' contains an invalid XML document. Check the root tag and its attributes.");
        Add(6835, "FOR XML EXPLICIT field '%1' can specify the directive HIDE only once.");
        Add(6846, "XML name space prefix '%1' declaration is missing for FOR XML %2 name '%3'.");
        Add(6847, "The column '%1' is of type sql_variant, which is not supported in attribute-centric FOR XML, with XML Schema.");
        Add(6848, "XMLDATA does not support the mapping of the type of column '%1' to an XDR type. Please use XMLSCHEMA instead for AUTO and RAW mode.");
        Add(6849, "FOR XML PATH error in column '%1' - '//' and leading and trailing '/' are not allowed in simple path expressions.");
        Add(6850, "%1 name '%2' contains an invalid XML identifier as required by FOR XML; '%3'(0x%4) is the first character at fault.");
        Add(6851, "Column '%1' has invalid data type for attribute-centric XML serialization in FOR XML PATH.");
        Add(6852, "Attribute-centric column '%1' must not come after a non-attribute-centric sibling in XML hierarchy in FOR XML PATH.");
        Add(6853, "Column '%1': the last step in the path can't be applied to XML data type or CLR type in FOR XML PATH.");
        Add(6854, "Invalid column alias '%1' for formatting column as XML processing instruction in FOR XML PATH - it must be in 'processing-instruction(target)' format.");
        templates[6859] = new(15, "Row tag name is only allowed with RAW or PATH mode of FOR XML.");
        Add(6855, "Inline schema is not supported with FOR XML PATH.");
        Add(6860, "FOR XML directive XMLDATA is not allowed with ROOT directive or row tag name specified.");
        Add(6862, "Empty FOR XML target inline schema URI is not allowed.");
        Add(6863, "Row tag omission (empty row tag name) is not compatible with XMLSCHEMA FOR XML directive.");
        Add(6861, "Empty root tag name can't be specified with FOR XML.");
        Add(6864, "Row tag omission (empty row tag name) cannot be used with attribute-centric FOR XML serialization.");
        Add(6865, "FOR XML does not support CLR types - cast CLR types explicitly into one of the supported types in FOR XML queries.");
        Add(6867, "'xmlns' is invalid in XML tag name in FOR XML PATH, or when WITH XMLNAMESPACES is used with FOR XML.");
        Add(6868, "The following FOR XML features are not supported with WITH XMLNAMESPACES list: EXPLICIT mode, XMLSCHEMA and XMLDATA directives.");
        Add(6869, "Attempt to redefine namespace prefix '%1'");
        Add(6870, "Prefix '%1' used in WITH XMLNAMESPACES clause contains an invalid XML identifier. '%2'(0x%3) is the first character at fault.");
        Add(6871, "Prefix '%1' used in WITH XMLNAMESPACES is reserved and cannot be used as a user-defined prefix.");
        Add(6872, "XML namespace prefix 'xml' can only be associated with the URI http://www.w3.org/XML/1998/namespace. This URI cannot be used with other prefixes.");
        Add(6873, "Redefinition of 'xsi' XML namespace prefix is not supported with ELEMENTS XSINIL option of FOR XML.");
        Add(6874, "Empty URI is not allowed in WITH XMLNAMESPACES clause.");
        Add(6879, "'xml' is an invalid XML processing instruction target. Possible attempt to construct XML declaration using XML processing instruction constructor. XML declaration construction with FOR XML is not supported.");
    }
}
