namespace NinaDB.Engine.Types;

/// <summary>
/// Canonical decompositions (Unicode Character Database, UnicodeData.txt) of Latin, Greek and Cyrillic letters, so that collation does not depend on ICU:
/// for each sequence of combining marks, pairs of composed letter and base letter.
/// </summary>
internal static class CollationTables
{
    public static readonly (string Marks, string Pairs)[] Decompositions =
    [
        ("\u0300", "ÀAÈEÌIÒOÙUàaèeìiòoùuǸNǹnЀЕЍИѐеѝиẀWẁwỲYỳyὰαὲεὴηὶιὸοὺυὼωᾺΑῈΕῊΗ῍᾿ῚΙ῝῾ῪΥ῭¨ῸΟῺΩ"),
        ("\u0300\u0345", "ᾲαῂηῲω"),
        ("\u0301", "ÁAÉEÍIÓOÚUÝYáaéeíióoúuýyĆCćcĹLĺlŃNńnŔRŕrŚSśsŹZźzǴGǵgǼÆǽæǾØǿø΅¨ΆΑΈΕΉΗΊΙΌΟΎΥΏΩάαέεήηίιόούυώωϓϒЃГЌКѓгќкḰKḱkḾMḿmṔPṕpẂWẃwάαέε" +
            "ήηίιόούυώωΆΑΈΕΉΗ῎᾿ΊΙ῞῾ΎΥ΅¨ΌΟΏΩ"),
        ("\u0301\u0307", "ṤSṥs"),
        ("\u0301\u0345", "ᾴαῄηῴω"),
        ("\u0302", "ÂAÊEÎIÔOÛUâaêeîiôoûuĈCĉcĜGĝgĤHĥhĴJĵjŜSŝsŴWŵwŶYŷyẐZẑz"),
        ("\u0302\u0300", "ẦAầaỀEềeỒOồo"),
        ("\u0302\u0301", "ẤAấaẾEếeỐOốo"),
        ("\u0302\u0303", "ẪAẫaỄEễeỖOỗo"),
        ("\u0302\u0309", "ẨAẩaỂEểeỔOổo"),
        ("\u0303", "ÃAÑNÕOãañnõoĨIĩiŨUũuṼVṽvẼEẽeỸYỹy"),
        ("\u0303\u0301", "ṌOṍoṸUṹu"),
        ("\u0303\u0304", "ȬOȭo"),
        ("\u0303\u0308", "ṎOṏo"),
        ("\u0304", "ĀAāaĒEēeĪIīiŌOōoŪUūuǢÆǣæȲYȳyӢИӣиӮУӯуḠGḡgᾱαᾹΑῑιῙΙῡυῩΥ"),
        ("\u0304\u0300", "ḔEḕeṐOṑo"),
        ("\u0304\u0301", "ḖEḗeṒOṓo"),
        ("\u0304\u0308", "ṺUṻu"),
        ("\u0306", "ĂAăaĔEĕeĞGğgĬIĭiŎOŏoŬUŭuЎУЙИйиўуӁЖӂжӐАӑаӖЕӗеᾰαᾸΑῐιῘΙῠυῨΥ"),
        ("\u0306\u0300", "ẰAằa"),
        ("\u0306\u0301", "ẮAắa"),
        ("\u0306\u0303", "ẴAẵa"),
        ("\u0306\u0309", "ẲAẳa"),
        ("\u0307", "ĊCċcĖEėeĠGġgİIŻZżzȦAȧaȮOȯoḂBḃbḊDḋdḞFḟfḢHḣhṀMṁmṄNṅnṖPṗpṘRṙrṠSṡsṪTṫtẆWẇwẊXẋxẎYẏyẛſ"),
        ("\u0307\u0304", "ǠAǡaȰOȱo"),
        ("\u0308", "ÄAËEÏIÖOÜUäaëeïiöoüuÿyŸYΪΙΫΥϊιϋυϔϒЁЕЇІёеїіӒАӓаӚӘӛәӜЖӝжӞЗӟзӤИӥиӦОӧоӪӨӫөӬЭӭэӰУӱуӴЧӵчӸЫӹыḦHḧhẄWẅwẌXẍxẗt"),
        ("\u0308\u0300", "ǛUǜuῒιῢυ"),
        ("\u0308\u0301", "ǗUǘuΐιΰυḮIḯiΐιΰυ"),
        ("\u0308\u0304", "ǕUǖuǞAǟaȪOȫo"),
        ("\u0308\u030C", "ǙUǚu"),
        ("\u0308\u0342", "ῗιῧυ"),
        ("\u0309", "ẢAảaẺEẻeỈIỉiỎOỏoỦUủuỶYỷy"),
        ("\u030A", "ÅAåaŮUůuẘwẙy"),
        ("\u030A\u0301", "ǺAǻa"),
        ("\u030B", "ŐOőoŰUűuӲУӳу"),
        ("\u030C", "ČCčcĎDďdĚEěeĽLľlŇNňnŘRřrŠSšsŤTťtŽZžzǍAǎaǏIǐiǑOǒoǓUǔuǦGǧgǨKǩkǮƷǯʒǰjȞHȟh"),
        ("\u030C\u0307", "ṦSṧs"),
        ("\u030F", "ȀAȁaȄEȅeȈIȉiȌOȍoȐRȑrȔUȕuѶѴѷѵ"),
        ("\u0311", "ȂAȃaȆEȇeȊIȋiȎOȏoȒRȓrȖUȗu"),
        ("\u0313", "ἀαἈΑἐεἘΕἠηἨΗἰιἸΙὀοὈΟὐυὠωὨΩῤρ"),
        ("\u0313\u0300", "ἂαἊΑἒεἚΕἢηἪΗἲιἺΙὂοὊΟὒυὢωὪΩᾂαᾊΑᾒηᾚΗᾢωᾪΩ"),
        ("\u0313\u0301", "ἄαἌΑἔεἜΕἤηἬΗἴιἼΙὄοὌΟὔυὤωὬΩᾄαᾌΑᾔηᾜΗᾤωᾬΩ"),
        ("\u0313\u0342", "ἆαἎΑἦηἮΗἶιἾΙὖυὦωὮΩᾆαᾎΑᾖηᾞΗᾦωᾮΩ"),
        ("\u0313\u0345", "ᾀαᾈΑᾐηᾘΗᾠωᾨΩ"),
        ("\u0314", "ἁαἉΑἑεἙΕἡηἩΗἱιἹΙὁοὉΟὑυὙΥὡωὩΩῥρῬΡ"),
        ("\u0314\u0300", "ἃαἋΑἓεἛΕἣηἫΗἳιἻΙὃοὋΟὓυὛΥὣωὫΩᾃαᾋΑᾓηᾛΗᾣωᾫΩ"),
        ("\u0314\u0301", "ἅαἍΑἕεἝΕἥηἭΗἵιἽΙὅοὍΟὕυὝΥὥωὭΩᾅαᾍΑᾕηᾝΗᾥωᾭΩ"),
        ("\u0314\u0342", "ἇαἏΑἧηἯΗἷιἿΙὗυὟΥὧωὯΩᾇαᾏΑᾗηᾟΗᾧωᾯΩ"),
        ("\u0314\u0345", "ᾁαᾉΑᾑηᾙΗᾡωᾩΩ"),
        ("\u031B", "ƠOơoƯUưu"),
        ("\u031B\u0300", "ỜOờoỪUừu"),
        ("\u031B\u0301", "ỚOớoỨUứu"),
        ("\u031B\u0303", "ỠOỡoỮUữu"),
        ("\u031B\u0309", "ỞOởoỬUửu"),
        ("\u031B\u0323", "ỢOợoỰUựu"),
        ("\u0323", "ḄBḅbḌDḍdḤHḥhḲKḳkḶLḷlṂMṃmṆNṇnṚRṛrṢSṣsṬTṭtṾVṿvẈWẉwẒZẓzẠAạaẸEẹeỊIịiỌOọoỤUụuỴYỵy"),
        ("\u0323\u0302", "ẬAậaỆEệeỘOộo"),
        ("\u0323\u0304", "ḸLḹlṜRṝr"),
        ("\u0323\u0306", "ẶAặa"),
        ("\u0323\u0307", "ṨSṩs"),
        ("\u0324", "ṲUṳu"),
        ("\u0325", "ḀAḁa"),
        ("\u0326", "ȘSșsȚTțt"),
        ("\u0327", "ÇCçcĢGģgĶKķkĻLļlŅNņnŖRŗrŞSşsŢTţtȨEȩeḐDḑdḨHḩh"),
        ("\u0327\u0301", "ḈCḉc"),
        ("\u0327\u0306", "ḜEḝe"),
        ("\u0328", "ĄAąaĘEęeĮIįiŲUųuǪOǫo"),
        ("\u0328\u0304", "ǬOǭo"),
        ("\u032D", "ḒDḓdḘEḙeḼLḽlṊNṋnṰTṱtṶUṷu"),
        ("\u032E", "ḪHḫh"),
        ("\u0330", "ḚEḛeḬIḭiṴUṵu"),
        ("\u0331", "ḆBḇbḎDḏdḴKḵkḺLḻlṈNṉnṞRṟrṮTṯtẔZẕzẖh"),
        ("\u0342", "ᾶα῁¨ῆη῏᾿ῖι῟῾ῦυῶω"),
        ("\u0342\u0345", "ᾷαῇηῷω"),
        ("\u0345", "ᾳαᾼΑῃηῌΗῳωῼΩ"),
    ];

    /// <summary>Letters that are a base letter with a stroke or hook and have no decomposition: composed, base.</summary>
    public const string Strokes = "øoØOđdĐDðdÐDłlŁLħhĦHŧtŦTƀbɨiɆEɇeɈJɉjɌRɍrɎYɏyƗIƵZƶz";

    /// <summary>Letters that sort as two letters.</summary>
    public static readonly (char Letter, string Expansion)[] Expansions =
    [
        ('æ', "ae"), ('Æ', "AE"), ('œ', "oe"), ('Œ', "OE"), ('ß', "ss"), ('ẞ', "SS"), ('þ', "th"), ('Þ', "TH"), ('ĳ', "ij"), ('Ĳ', "IJ"),
        ('ﬀ', "ff"), ('ﬁ', "fi"), ('ﬂ', "fl"), ('ŉ', "'n"), ('ǆ', "dž"), ('ǉ', "lj"), ('ǌ', "nj"),
    ];
}
