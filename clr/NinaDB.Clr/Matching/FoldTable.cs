using System.Collections.Generic;

namespace NinaDB.Clr.Matching;

/// <summary>
/// What characters of the Basic Multilingual Plane stand for when texts are compared with rules. The tables are here, and not asked of the operating system,
/// so that a rule means the same on every platform and where globalization is switched off.
/// </summary>
internal static class FoldTable
{
    /// <summary>Compatibility forms of one Latin letter or digit (Unicode NFKD without marks, lower case), and Latin letters with strokes and hooks: target, then sources.</summary>
    private static readonly KeyValuePair<char, string>[] Compatible =
    {
        new KeyValuePair<char, string>('0', "\u2070\u2080"),
        new KeyValuePair<char, string>('1', "\u00b9\u2081"),
        new KeyValuePair<char, string>('2', "\u00b2\u2082"),
        new KeyValuePair<char, string>('3', "\u00b3\u2083"),
        new KeyValuePair<char, string>('4', "\u2074\u2084"),
        new KeyValuePair<char, string>('5', "\u2075\u2085"),
        new KeyValuePair<char, string>('6', "\u2076\u2086"),
        new KeyValuePair<char, string>('7', "\u2077\u2087"),
        new KeyValuePair<char, string>('8', "\u2078\u2088"),
        new KeyValuePair<char, string>('9', "\u2079\u2089"),
        new KeyValuePair<char, string>('a', "\u00aa\u00c0\u00c1\u00c2\u00c3\u00c4\u00c5\u00e0\u00e1\u00e2\u00e3\u00e4\u00e5\u0100\u0101\u0102\u0103\u0104\u0105\u01cd\u01ce\u01de\u01df\u01e0"),
        new KeyValuePair<char, string>('a', "\u01e1\u01fa\u01fb\u0200\u0201\u0202\u0203\u0226\u0227\u023a\u0251\u1d00\u1d2c\u1d43\u1e00\u1e01\u1ea0\u1ea1\u1ea2\u1ea3\u1ea4\u1ea5\u1ea6\u1ea7"),
        new KeyValuePair<char, string>('a', "\u1ea8\u1ea9\u1eaa\u1eab\u1eac\u1ead\u1eae\u1eaf\u1eb0\u1eb1\u1eb2\u1eb3\u1eb4\u1eb5\u1eb6\u1eb7\u2090\u212b\u2c65"),
        new KeyValuePair<char, string>('b', "\u0180\u0181\u0243\u0253\u0299\u1d2e\u1d47\u1e02\u1e03\u1e04\u1e05\u1e06\u1e07\u212c"),
        new KeyValuePair<char, string>('c', "\u00c7\u00e7\u0106\u0107\u0108\u0109\u010a\u010b\u010c\u010d\u0187\u0188\u023b\u023c\u1d04\u1d9c\u1e08\u1e09\u2102\u212d\u216d\u217d\ua7f2"),
        new KeyValuePair<char, string>('d', "\u00d0\u00f0\u010e\u010f\u0110\u0111\u018a\u0257\u1d05\u1d30\u1d48\u1e0a\u1e0b\u1e0c\u1e0d\u1e0e\u1e0f\u1e10\u1e11\u1e12\u1e13\u2145\u2146\u216e"),
        new KeyValuePair<char, string>('d', "\u217e"),
        new KeyValuePair<char, string>('e', "\u00c8\u00c9\u00ca\u00cb\u00e8\u00e9\u00ea\u00eb\u0112\u0113\u0114\u0115\u0116\u0117\u0118\u0119\u011a\u011b\u0204\u0205\u0206\u0207\u0228\u0229"),
        new KeyValuePair<char, string>('e', "\u0246\u0247\u1d07\u1d31\u1d49\u1e14\u1e15\u1e16\u1e17\u1e18\u1e19\u1e1a\u1e1b\u1e1c\u1e1d\u1eb8\u1eb9\u1eba\u1ebb\u1ebc\u1ebd\u1ebe\u1ebf\u1ec0"),
        new KeyValuePair<char, string>('e', "\u1ec1\u1ec2\u1ec3\u1ec4\u1ec5\u1ec6\u1ec7\u2091\u212f\u2130\u2147"),
        new KeyValuePair<char, string>('f', "\u0191\u0192\u1da0\u1e1e\u1e1f\u2131\ua730\ua7f3"),
        new KeyValuePair<char, string>('g', "\u011c\u011d\u011e\u011f\u0120\u0121\u0122\u0123\u0193\u01e6\u01e7\u01f4\u01f5\u0260\u0261\u0262\u1d33\u1d4d\u1e20\u1e21\u210a"),
        new KeyValuePair<char, string>('h', "\u0124\u0125\u0126\u0127\u021e\u021f\u029c\u02b0\u1d34\u1e22\u1e23\u1e24\u1e25\u1e26\u1e27\u1e28\u1e29\u1e2a\u1e2b\u1e96\u2095\u210b\u210c\u210d"),
        new KeyValuePair<char, string>('h', "\u210e"),
        new KeyValuePair<char, string>('i', "\u00cc\u00cd\u00ce\u00cf\u00ec\u00ed\u00ee\u00ef\u0128\u0129\u012a\u012b\u012c\u012d\u012e\u012f\u0130\u0131\u0197\u01cf\u01d0\u0208\u0209\u020a"),
        new KeyValuePair<char, string>('i', "\u020b\u0268\u0269\u026a\u1d35\u1d62\u1e2c\u1e2d\u1e2e\u1e2f\u1ec8\u1ec9\u1eca\u1ecb\u2071\u2110\u2111\u2139\u2148\u2160\u2170"),
        new KeyValuePair<char, string>('j', "\u0134\u0135\u01f0\u0248\u0249\u02b2\u1d0a\u1d36\u2149\u2c7c"),
        new KeyValuePair<char, string>('k', "\u0136\u0137\u0138\u0198\u0199\u01e8\u01e9\u1d0b\u1d37\u1d4f\u1e30\u1e31\u1e32\u1e33\u1e34\u1e35\u2096\u212a"),
        new KeyValuePair<char, string>('l', "\u0139\u013a\u013b\u013c\u013d\u013e\u0141\u0142\u019a\u029f\u02e1\u1d38\u1e36\u1e37\u1e38\u1e39\u1e3a\u1e3b\u1e3c\u1e3d\u2097\u2112\u2113\u216c"),
        new KeyValuePair<char, string>('l', "\u217c"),
        new KeyValuePair<char, string>('m', "\u1d0d\u1d39\u1d50\u1e3e\u1e3f\u1e40\u1e41\u1e42\u1e43\u2098\u2133\u216f\u217f"),
        new KeyValuePair<char, string>('n', "\u00d1\u00f1\u0143\u0144\u0145\u0146\u0147\u0148\u014a\u014b\u019d\u019e\u01f8\u01f9\u0272\u0274\u1d3a\u1e44\u1e45\u1e46\u1e47\u1e48\u1e49\u1e4a"),
        new KeyValuePair<char, string>('n', "\u1e4b\u207f\u2099\u2115"),
        new KeyValuePair<char, string>('o', "\u00ba\u00d2\u00d3\u00d4\u00d5\u00d6\u00d8\u00f2\u00f3\u00f4\u00f5\u00f6\u00f8\u014c\u014d\u014e\u014f\u0150\u0151\u019f\u01a0\u01a1\u01d1\u01d2"),
        new KeyValuePair<char, string>('o', "\u01ea\u01eb\u01ec\u01ed\u020c\u020d\u020e\u020f\u022a\u022b\u022c\u022d\u022e\u022f\u0230\u0231\u0275\u1d0f\u1d3c\u1d52\u1e4c\u1e4d\u1e4e\u1e4f"),
        new KeyValuePair<char, string>('o', "\u1e50\u1e51\u1e52\u1e53\u1ecc\u1ecd\u1ece\u1ecf\u1ed0\u1ed1\u1ed2\u1ed3\u1ed4\u1ed5\u1ed6\u1ed7\u1ed8\u1ed9\u1eda\u1edb\u1edc\u1edd\u1ede\u1edf"),
        new KeyValuePair<char, string>('o', "\u1ee0\u1ee1\u1ee2\u1ee3\u2092\u2134"),
        new KeyValuePair<char, string>('p', "\u01a4\u01a5\u1d18\u1d3e\u1d56\u1e54\u1e55\u1e56\u1e57\u209a\u2119"),
        new KeyValuePair<char, string>('q', "\u211a\ua7f4"),
        new KeyValuePair<char, string>('r', "\u0154\u0155\u0156\u0157\u0158\u0159\u0210\u0211\u0212\u0213\u024c\u024d\u0280\u02b3\u1d3f\u1d63\u1e58\u1e59\u1e5a\u1e5b\u1e5c\u1e5d\u1e5e\u1e5f"),
        new KeyValuePair<char, string>('r', "\u211b\u211c\u211d"),
        new KeyValuePair<char, string>('s', "\u015a\u015b\u015c\u015d\u015e\u015f\u0160\u0161\u017f\u01bd\u0218\u0219\u0282\u02e2\u1e60\u1e61\u1e62\u1e63\u1e64\u1e65\u1e66\u1e67\u1e68\u1e69"),
        new KeyValuePair<char, string>('s', "\u1e9b\u209b\ua731"),
        new KeyValuePair<char, string>('t', "\u0162\u0163\u0164\u0165\u0166\u0167\u01ab\u01ac\u01ad\u01ae\u021a\u021b\u0288\u1d1b\u1d40\u1d57\u1e6a\u1e6b\u1e6c\u1e6d\u1e6e\u1e6f\u1e70\u1e71"),
        new KeyValuePair<char, string>('t', "\u1e97\u209c"),
        new KeyValuePair<char, string>('u', "\u00d9\u00da\u00db\u00dc\u00f9\u00fa\u00fb\u00fc\u0168\u0169\u016a\u016b\u016c\u016d\u016e\u016f\u0170\u0171\u0172\u0173\u01af\u01b0\u01d3\u01d4"),
        new KeyValuePair<char, string>('u', "\u01d5\u01d6\u01d7\u01d8\u01d9\u01da\u01db\u01dc\u0214\u0215\u0216\u0217\u1d1c\u1d41\u1d58\u1d64\u1e72\u1e73\u1e74\u1e75\u1e76\u1e77\u1e78\u1e79"),
        new KeyValuePair<char, string>('u', "\u1e7a\u1e7b\u1ee4\u1ee5\u1ee6\u1ee7\u1ee8\u1ee9\u1eea\u1eeb\u1eec\u1eed\u1eee\u1eef\u1ef0\u1ef1"),
        new KeyValuePair<char, string>('v', "\u01b2\u028b\u1d20\u1d5b\u1d65\u1e7c\u1e7d\u1e7e\u1e7f\u2164\u2174\u2c7d"),
        new KeyValuePair<char, string>('w', "\u0174\u0175\u02b7\u1d21\u1d42\u1e80\u1e81\u1e82\u1e83\u1e84\u1e85\u1e86\u1e87\u1e88\u1e89\u1e98"),
        new KeyValuePair<char, string>('x', "\u02e3\u1e8a\u1e8b\u1e8c\u1e8d\u2093\u2169\u2179"),
        new KeyValuePair<char, string>('y', "\u00dd\u00fd\u00ff\u0176\u0177\u0178\u01b3\u01b4\u0232\u0233\u024e\u024f\u028f\u02b8\u1e8e\u1e8f\u1e99\u1ef2\u1ef3\u1ef4\u1ef5\u1ef6\u1ef7\u1ef8"),
        new KeyValuePair<char, string>('y', "\u1ef9"),
        new KeyValuePair<char, string>('z', "\u0179\u017a\u017b\u017c\u017d\u017e\u01b5\u01b6\u1d22\u1dbb\u1e90\u1e91\u1e92\u1e93\u1e94\u1e95\u2124\u2128"),
    };

    /// <summary>Greek and Cyrillic letters with accents: the bare letter, in lower case.</summary>
    private static readonly KeyValuePair<char, string>[] Accented =
    {
        new KeyValuePair<char, string>('\u02b9', "\u0374"),
        new KeyValuePair<char, string>('\u03b1', "\u0386\u03ac\u1f00\u1f01\u1f02\u1f03\u1f04\u1f05\u1f06\u1f07\u1f08\u1f09\u1f0a\u1f0b\u1f0c\u1f0d\u1f0e\u1f0f\u1f70\u1f71\u1f80\u1f81\u1f82\u1f83"),
        new KeyValuePair<char, string>('\u03b1', "\u1f84\u1f85\u1f86\u1f87\u1f88\u1f89\u1f8a\u1f8b\u1f8c\u1f8d\u1f8e\u1f8f\u1fb0\u1fb1\u1fb2\u1fb3\u1fb4\u1fb6\u1fb7\u1fb8\u1fb9\u1fba\u1fbb\u1fbc"),
        new KeyValuePair<char, string>('\u03b2', "\u03d0"),
        new KeyValuePair<char, string>('\u03b5', "\u0388\u03ad\u03f5\u1f10\u1f11\u1f12\u1f13\u1f14\u1f15\u1f18\u1f19\u1f1a\u1f1b\u1f1c\u1f1d\u1f72\u1f73\u1fc8\u1fc9"),
        new KeyValuePair<char, string>('\u03b7', "\u0389\u03ae\u1f20\u1f21\u1f22\u1f23\u1f24\u1f25\u1f26\u1f27\u1f28\u1f29\u1f2a\u1f2b\u1f2c\u1f2d\u1f2e\u1f2f\u1f74\u1f75\u1f90\u1f91\u1f92\u1f93"),
        new KeyValuePair<char, string>('\u03b7', "\u1f94\u1f95\u1f96\u1f97\u1f98\u1f99\u1f9a\u1f9b\u1f9c\u1f9d\u1f9e\u1f9f\u1fc2\u1fc3\u1fc4\u1fc6\u1fc7\u1fca\u1fcb\u1fcc"),
        new KeyValuePair<char, string>('\u03b8', "\u03d1\u03f4"),
        new KeyValuePair<char, string>('\u03b9', "\u038a\u0390\u03aa\u03af\u03ca\u1f30\u1f31\u1f32\u1f33\u1f34\u1f35\u1f36\u1f37\u1f38\u1f39\u1f3a\u1f3b\u1f3c\u1f3d\u1f3e\u1f3f\u1f76\u1f77\u1fbe"),
        new KeyValuePair<char, string>('\u03b9', "\u1fd0\u1fd1\u1fd2\u1fd3\u1fd6\u1fd7\u1fd8\u1fd9\u1fda\u1fdb"),
        new KeyValuePair<char, string>('\u03ba', "\u03f0"),
        new KeyValuePair<char, string>('\u03bf', "\u038c\u03cc\u1f40\u1f41\u1f42\u1f43\u1f44\u1f45\u1f48\u1f49\u1f4a\u1f4b\u1f4c\u1f4d\u1f78\u1f79\u1ff8\u1ff9"),
        new KeyValuePair<char, string>('\u03c0', "\u03d6"),
        new KeyValuePair<char, string>('\u03c1', "\u03f1\u1fe4\u1fe5\u1fec"),
        new KeyValuePair<char, string>('\u03c2', "\u03f2"),
        new KeyValuePair<char, string>('\u03c3', "\u03f9"),
        new KeyValuePair<char, string>('\u03c5', "\u038e\u03ab\u03b0\u03cb\u03cd\u03d2\u03d3\u03d4\u1f50\u1f51\u1f52\u1f53\u1f54\u1f55\u1f56\u1f57\u1f59\u1f5b\u1f5d\u1f5f\u1f7a\u1f7b\u1fe0\u1fe1"),
        new KeyValuePair<char, string>('\u03c5', "\u1fe2\u1fe3\u1fe6\u1fe7\u1fe8\u1fe9\u1fea\u1feb"),
        new KeyValuePair<char, string>('\u03c6', "\u03d5"),
        new KeyValuePair<char, string>('\u03c9', "\u038f\u03ce\u1f60\u1f61\u1f62\u1f63\u1f64\u1f65\u1f66\u1f67\u1f68\u1f69\u1f6a\u1f6b\u1f6c\u1f6d\u1f6e\u1f6f\u1f7c\u1f7d\u1fa0\u1fa1\u1fa2\u1fa3"),
        new KeyValuePair<char, string>('\u03c9', "\u1fa4\u1fa5\u1fa6\u1fa7\u1fa8\u1fa9\u1faa\u1fab\u1fac\u1fad\u1fae\u1faf\u1ff2\u1ff3\u1ff4\u1ff6\u1ff7\u1ffa\u1ffb\u1ffc"),
        new KeyValuePair<char, string>('\u0430', "\u04d0\u04d1\u04d2\u04d3"),
        new KeyValuePair<char, string>('\u0433', "\u0403\u0453"),
        new KeyValuePair<char, string>('\u0435', "\u0400\u0401\u0450\u0451\u04d6\u04d7"),
        new KeyValuePair<char, string>('\u0436', "\u04c1\u04c2\u04dc\u04dd"),
        new KeyValuePair<char, string>('\u0437', "\u04de\u04df"),
        new KeyValuePair<char, string>('\u0438', "\u040d\u0419\u0439\u045d\u04e2\u04e3\u04e4\u04e5"),
        new KeyValuePair<char, string>('\u043a', "\u040c\u045c"),
        new KeyValuePair<char, string>('\u043e', "\u04e6\u04e7"),
        new KeyValuePair<char, string>('\u0443', "\u040e\u045e\u04ee\u04ef\u04f0\u04f1\u04f2\u04f3"),
        new KeyValuePair<char, string>('\u0447', "\u04f4\u04f5"),
        new KeyValuePair<char, string>('\u044b', "\u04f8\u04f9"),
        new KeyValuePair<char, string>('\u044d', "\u04ec\u04ed"),
        new KeyValuePair<char, string>('\u0456', "\u0407\u0457"),
        new KeyValuePair<char, string>('\u0475', "\u0476\u0477"),
        new KeyValuePair<char, string>('\u04d9', "\u04da\u04db"),
        new KeyValuePair<char, string>('\u04e9', "\u04ea\u04eb"),
    };

    /// <summary>Characters that look like a Latin letter or digit: Cyrillic, Greek, Armenian, Cherokee, Lisu. Capitals are listed apart, since they may look like another letter.</summary>
    private static readonly KeyValuePair<char, string>[] LookAlike =
    {
        new KeyValuePair<char, string>('3', "\u0417\u0437"),
        new KeyValuePair<char, string>('a', "\u0386\u0391\u03ac\u03b1\u0410\u0430\u13aa\ua4ee"),
        new KeyValuePair<char, string>('b', "\u0392\u03b2\u0412\u042c\u0432\u044c\u13f4\ua4d0"),
        new KeyValuePair<char, string>('c', "\u03f2\u03f9\u0421\u0441\u13df\ua4da"),
        new KeyValuePair<char, string>('d', "\u0500\u0501\u13a0\ua4d3"),
        new KeyValuePair<char, string>('e', "\u0388\u0395\u03ad\u03b5\u0401\u0404\u0415\u0435\u0451\u0454\u13ac\u212e\ua4f0"),
        new KeyValuePair<char, string>('f', "\u03dc\u03dd\u0492\u0493\ua4dd"),
        new KeyValuePair<char, string>('g', "\u0581\u13c0\ua4d6"),
        new KeyValuePair<char, string>('h', "\u0389\u0397\u041d\u043d\u04ba\u04bb\u0570\u13bb\ua4e7"),
        new KeyValuePair<char, string>('i', "\u01c3\u038a\u0399\u03af\u03b9\u03ca\u0406\u0407\u0456\u0457\u13a5\ua4f2"),
        new KeyValuePair<char, string>('j', "\u03f3\u0408\u0458\u13ab\ua4d9"),
        new KeyValuePair<char, string>('k', "\u039a\u03ba\u03f0\u041a\u043a\u13e6\ua4d7"),
        new KeyValuePair<char, string>('l', "\u01c0\u04c0\u04cf\u053c\u056c\u13de\u2223\ua4e1"),
        new KeyValuePair<char, string>('m', "\u039c\u041c\u043c\u13b7\ua4df"),
        new KeyValuePair<char, string>('n', "\u039d\u03ae\u03b7\u043f\u0578\ua4e0"),
        new KeyValuePair<char, string>('o', "\u038c\u039f\u03bf\u03c3\u03cc\u041e\u043e\u04e8\u04e9\u0555\u0585\ua4f3"),
        new KeyValuePair<char, string>('p', "\u03a1\u03c1\u03f1\u0420\u0440\u0584\u13e2\ua4d1"),
        new KeyValuePair<char, string>('q', "\u051a\u051b\u0566"),
        new KeyValuePair<char, string>('r', "\u0433\u13d2\ua4e3"),
        new KeyValuePair<char, string>('s', "\u03c2\u0405\u0455\u054f\u13da\ua4e2"),
        new KeyValuePair<char, string>('t', "\u03a4\u03c4\u0422\u0442\u13a2\ua4d4"),
        new KeyValuePair<char, string>('u', "\u03bc\u03c5\u03cd\u0446\u054d\u057d\u222a\ua4f4"),
        new KeyValuePair<char, string>('v', "\u03bd\u0474\u0475\u13d9\u2228\ua4e6"),
        new KeyValuePair<char, string>('w', "\u03c9\u03ce\u0428\u0448\u0460\u0461\u051c\u051d\u13b3\ua4ea"),
        new KeyValuePair<char, string>('x', "\u03a7\u03c7\u0425\u0445\ua4eb"),
        new KeyValuePair<char, string>('y', "\u038e\u03a5\u03b3\u0423\u0443\u04ae\u04af\u13bd\ua4ec"),
        new KeyValuePair<char, string>('z', "\u0396\u13c3\ua4dc"),
    };

    /// <summary>Compatibility forms of several letters: ligatures, digraphs, Roman numerals.</summary>
    public static readonly Dictionary<char, string> Several = new Dictionary<char, string>
    {
        { '\u00c6', "ae" },
        { '\u00de', "th" },
        { '\u00df', "ss" },
        { '\u00e6', "ae" },
        { '\u00fe', "th" },
        { '\u0132', "ij" },
        { '\u0133', "ij" },
        { '\u0152', "oe" },
        { '\u0153', "oe" },
        { '\u01c4', "dz" },
        { '\u01c5', "dz" },
        { '\u01c6', "dz" },
        { '\u01c7', "lj" },
        { '\u01c8', "lj" },
        { '\u01c9', "lj" },
        { '\u01ca', "nj" },
        { '\u01cb', "nj" },
        { '\u01cc', "nj" },
        { '\u01f1', "dz" },
        { '\u01f2', "dz" },
        { '\u01f3', "dz" },
        { '\u1e9e', "ss" },
        { '\u20a8', "rs" },
        { '\u2116', "no" },
        { '\u2120', "sm" },
        { '\u2121', "tel" },
        { '\u2122', "tm" },
        { '\u213b', "fax" },
        { '\u2161', "ii" },
        { '\u2162', "iii" },
        { '\u2163', "iv" },
        { '\u2165', "vi" },
        { '\u2166', "vii" },
        { '\u2167', "viii" },
        { '\u2168', "ix" },
        { '\u216a', "xi" },
        { '\u216b', "xii" },
        { '\u2171', "ii" },
        { '\u2172', "iii" },
        { '\u2173', "iv" },
        { '\u2175', "vi" },
        { '\u2176', "vii" },
        { '\u2177', "viii" },
        { '\u2178', "ix" },
        { '\u217a', "xi" },
        { '\u217b', "xii" },
        { '\ufb00', "ff" },
        { '\ufb01', "fi" },
        { '\ufb02', "fl" },
        { '\ufb03', "ffi" },
        { '\ufb04', "ffl" },
        { '\ufb05', "st" },
        { '\ufb06', "st" },
    };

    /// <summary>Target by source, of <see cref="Compatible"/>.</summary>
    public static readonly Dictionary<char, char> One = Invert(Compatible);

    /// <summary>Target by source, of <see cref="Accented"/>.</summary>
    public static readonly Dictionary<char, char> Bare = Invert(Accented);

    /// <summary>Target by source, of <see cref="LookAlike"/>.</summary>
    public static readonly Dictionary<char, char> Looks = Invert(LookAlike);

    private static Dictionary<char, char> Invert(KeyValuePair<char, string>[] rows)
    {
        var map = new Dictionary<char, char>();
        foreach (KeyValuePair<char, string> row in rows)
        {
            foreach (char source in row.Value)
            {
                map[source] = row.Key;
            }
        }

        return map;
    }
}
