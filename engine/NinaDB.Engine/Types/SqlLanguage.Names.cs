using System.Collections.Frozen;

namespace NinaDB.Engine.Types;

internal sealed partial record SqlLanguage
{
    private const string EnglishMonths = "January,February,March,April,May,June,July,August,September,October,November,December";
    private const string EnglishShort = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec";
    private const string EnglishDays = "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday";
    private const string Numbers = "01,02,03,04,05,06,07,08,09,10,11,12";
    private const string RomanNumbers = "I,II,III,IV,V,VI,VII,VIII,IX,X,XI,XII";
    private const string ChineseDays = "星期一,星期二,星期三,星期四,星期五,星期六,星期日";

    /// <summary>Every language, in the order of their ids; us_english first.</summary>
    public static IReadOnlyList<SqlLanguage> All { get; } =
    [
        new(0, "mdy", 7, "us_english", "English", 1033, EnglishMonths, EnglishShort, EnglishDays),
        new(1, "dmy", 1, "Deutsch", "German", 1031, "Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember",
            "Jan,Feb,Mär,Apr,Mai,Jun,Jul,Aug,Sep,Okt,Nov,Dez", "Montag,Dienstag,Mittwoch,Donnerstag,Freitag,Samstag,Sonntag"),
        new(2, "dmy", 1, "Français", "French", 1036, "janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre",
            "janv,févr,mars,avr,mai,juin,juil,août,sept,oct,nov,déc", "lundi,mardi,mercredi,jeudi,vendredi,samedi,dimanche"),
        new(3, "ymd", 7, "日本語", "Japanese", 1041, Numbers, Numbers, "月曜日,火曜日,水曜日,木曜日,金曜日,土曜日,日曜日"),
        new(4, "dmy", 1, "Dansk", "Danish", 1030, "januar,februar,marts,april,maj,juni,juli,august,september,oktober,november,december",
            "jan,feb,mar,apr,maj,jun,jul,aug,sep,okt,nov,dec", "mandag,tirsdag,onsdag,torsdag,fredag,lørdag,søndag"),
        new(5, "dmy", 1, "Español", "Spanish", 3082, "Enero,Febrero,Marzo,Abril,Mayo,Junio,Julio,Agosto,Septiembre,Octubre,Noviembre,Diciembre",
            "Ene,Feb,Mar,Abr,May,Jun,Jul,Ago,Sep,Oct,Nov,Dic", "Lunes,Martes,Miércoles,Jueves,Viernes,Sábado,Domingo"),
        new(6, "dmy", 1, "Italiano", "Italian", 1040, "gennaio,febbraio,marzo,aprile,maggio,giugno,luglio,agosto,settembre,ottobre,novembre,dicembre",
            "gen,feb,mar,apr,mag,giu,lug,ago,set,ott,nov,dic", "lunedì,martedì,mercoledì,giovedì,venerdì,sabato,domenica"),
        new(7, "dmy", 1, "Nederlands", "Dutch", 1043, "januari,februari,maart,april,mei,juni,juli,augustus,september,oktober,november,december",
            "jan,feb,mrt,apr,mei,jun,jul,aug,sep,okt,nov,dec", "maandag,dinsdag,woensdag,donderdag,vrijdag,zaterdag,zondag"),
        new(8, "dmy", 1, "Norsk", "Norwegian", 2068, "januar,februar,mars,april,mai,juni,juli,august,september,oktober,november,desember",
            "jan,feb,mar,apr,mai,jun,jul,aug,sep,okt,nov,des", "mandag,tirsdag,onsdag,torsdag,fredag,lørdag,søndag"),
        new(9, "dmy", 7, "Português", "Portuguese", 2070, "janeiro,fevereiro,março,abril,maio,junho,julho,agosto,setembro,outubro,novembro,dezembro",
            "jan,fev,mar,abr,mai,jun,jul,ago,set,out,nov,dez", "segunda-feira,terça-feira,quarta-feira,quinta-feira,sexta-feira,sábado,domingo"),
        new(10, "dmy", 1, "Suomi", "Finnish", 1035,
            "tammikuuta,helmikuuta,maaliskuuta,huhtikuuta,toukokuuta,kesäkuuta,heinäkuuta,elokuuta,syyskuuta,lokakuuta,marraskuuta,joulukuuta",
            "tammi,helmi,maalis,huhti,touko,kesä,heinä,elo,syys,loka,marras,joulu", "maanantai,tiistai,keskiviikko,torstai,perjantai,lauantai,sunnuntai"),
        new(11, "ymd", 1, "Svenska", "Swedish", 1053, "januari,februari,mars,april,maj,juni,juli,augusti,september,oktober,november,december",
            "jan,feb,mar,apr,maj,jun,jul,aug,sep,okt,nov,dec", "måndag,tisdag,onsdag,torsdag,fredag,lördag,söndag"),
        new(12, "dmy", 1, "čeština", "Czech", 1029, "leden,únor,březen,duben,květen,červen,červenec,srpen,září,říjen,listopad,prosinec",
            RomanNumbers, "pondělí,úterý,středa,čtvrtek,pátek,sobota,neděle"),
        new(13, "ymd", 1, "magyar", "Hungarian", 1038, "január,február,március,április,május,június,július,augusztus,szeptember,október,november,december",
            "jan,febr,márc,ápr,máj,jún,júl,aug,szept,okt,nov,dec", "hétfő,kedd,szerda,csütörtök,péntek,szombat,vasárnap"),
        new(14, "dmy", 1, "polski", "Polish", 1045, "styczeń,luty,marzec,kwiecień,maj,czerwiec,lipiec,sierpień,wrzesień,październik,listopad,grudzień",
            RomanNumbers, "poniedziałek,wtorek,środa,czwartek,piątek,sobota,niedziela"),
        new(15, "dmy", 1, "română", "Romanian", 1048, "ianuarie,februarie,martie,aprilie,mai,iunie,iulie,august,septembrie,octombrie,noiembrie,decembrie",
            "Ian,Feb,Mar,Apr,Mai,Iun,Iul,Aug,Sep,Oct,Nov,Dec", "luni,marţi,miercuri,joi,vineri,sîmbătă,duminică"),
        new(16, "ymd", 1, "hrvatski", "Croatian", 1050, "siječanj,veljača,ožujak,travanj,svibanj,lipanj,srpanj,kolovoz,rujan,listopad,studeni,prosinac",
            "sij,vel,ožu,tra,svi,lip,srp,kol,ruj,lis,stu,pro", "ponedjeljak,utorak,srijeda,četvrtak,petak,subota,nedjelja"),
        new(17, "dmy", 1, "slovenčina", "Slovak", 1051, "január,február,marec,apríl,máj,jún,júl,august,september,október,november,december",
            RomanNumbers, "pondelok,utorok,streda,štvrtok,piatok,sobota,nedeľa"),
        new(18, "dmy", 1, "slovenski", "Slovenian", 1060, "januar,februar,marec,april,maj,junij,julij,avgust,september,oktober,november,december",
            "jan,feb,mar,apr,maj,jun,jul,avg,sept,okt,nov,dec", "ponedeljek,torek,sreda,četrtek,petek,sobota,nedelja"),
        new(19, "dmy", 1, "ελληνικά", "Greek", 1032,
            "Ιανουαρίου,Φεβρουαρίου,Μαρτίου,Απριλίου,Μαΐου,Ιουνίου,Ιουλίου,Αυγούστου,Σεπτεμβρίου,Οκτωβρίου,Νοεμβρίου,Δεκεμβρίου",
            "Ιαν,Φεβ,Μαρ,Απρ,Μαϊ,Ιουν,Ιουλ,Αυγ,Σεπ,Οκτ,Νοε,Δεκ", "Δευτέρα,Τρίτη,Τετάρτη,Πέμπτη,Παρασκευή,Σάββατο,Κυριακή"),
        new(20, "dmy", 1, "български", "Bulgarian", 1026, "януари,февруари,март,април,май,юни,юли,август,септември,октомври,ноември,декември",
            "януари,февруари,март,април,май,юни,юли,август,септември,октомври,ноември,декември", "понеделник,вторник,сряда,четвъртък,петък,събота,неделя"),
        new(21, "dmy", 1, "русский", "Russian", 1049, "Январь,Февраль,Март,Апрель,Май,Июнь,Июль,Август,Сентябрь,Октябрь,Ноябрь,Декабрь",
            "янв,фев,мар,апр,май,июн,июл,авг,сен,окт,ноя,дек", "понедельник,вторник,среда,четверг,пятница,суббота,воскресенье"),
        new(22, "dmy", 1, "Türkçe", "Turkish", 1055, "Ocak,Şubat,Mart,Nisan,Mayıs,Haziran,Temmuz,Ağustos,Eylül,Ekim,Kasım,Aralık",
            "Oca,Şub,Mar,Nis,May,Haz,Tem,Ağu,Eyl,Eki,Kas,Ara", "Pazartesi,Salı,Çarşamba,Perşembe,Cuma,Cumartesi,Pazar"),
        new(23, "dmy", 1, "British", "British English", 2057, EnglishMonths, EnglishShort, EnglishDays),
        new(24, "dmy", 1, "eesti", "Estonian", 1061, "jaanuar,veebruar,märts,aprill,mai,juuni,juuli,august,september,oktoober,november,detsember",
            "jaan,veebr,märts,apr,mai,juuni,juuli,aug,sept,okt,nov,dets", "esmaspäev,teisipäev,kolmapäev,neljapäev,reede,laupäev,pühapäev"),
        new(25, "ymd", 1, "latviešu", "Latvian", 1062, "janvāris,februāris,marts,aprīlis,maijs,jūnijs,jūlijs,augusts,septembris,oktobris,novembris,decembris",
            "jan,feb,mar,apr,mai,jūn,jūl,aug,sep,okt,nov,dec", "pirmdiena,otrdiena,trešdiena,ceturtdiena,piektdiena,sestdiena,svētdiena"),
        new(26, "ymd", 1, "lietuvių", "Lithuanian", 1063, "sausis,vasaris,kovas,balandis,gegužė,birželis,liepa,rugpjūtis,rugsėjis,spalis,lapkritis,gruodis",
            "sau,vas,kov,bal,geg,bir,lie,rgp,rgs,spl,lap,grd", "pirmadienis,antradienis,trečiadienis,ketvirtadienis,penktadienis,šeštadienis,sekmadienis"),
        new(27, "dmy", 7, "Português (Brasil)", "Brazilian", 1046, "Janeiro,Fevereiro,Março,Abril,Maio,Junho,Julho,Agosto,Setembro,Outubro,Novembro,Dezembro",
            "Jan,Fev,Mar,Abr,Mai,Jun,Jul,Ago,Set,Out,Nov,Dez", "Segunda-Feira,Terça-Feira,Quarta-Feira,Quinta-Feira,Sexta-Feira,Sábado,Domingo"),
        new(28, "ymd", 7, "繁體中文", "Traditional Chinese", 1028, Numbers, Numbers, ChineseDays),
        new(29, "ymd", 7, "한국어", "Korean", 1042, Numbers, Numbers, "월요일,화요일,수요일,목요일,금요일,토요일,일요일"),
        new(30, "ymd", 7, "简体中文", "Simplified Chinese", 2052, Numbers, Numbers, ChineseDays),
        new(31, "dmy", 1, "Arabic", "Arabic", 1025, "Muharram,Safar,Rabie I,Rabie II,Jumada I,Jumada II,Rajab,Shaaban,Ramadan,Shawwal,Thou Alqadah,Thou Alhajja",
            EnglishShort, EnglishDays),
        new(32, "dmy", 7, "ไทย", "Thai", 1054, "มกราคม,กุมภาพันธ์,มีนาคม,เมษายน,พฤษภาคม,มิถุนายน,กรกฎาคม,สิงหาคม,กันยายน,ตุลาคม,พฤศจิกายน,ธันวาคม",
            "ม.ค.,ก.พ.,มี.ค.,เม.ย.,พ.ค.,มิ.ย.,ก.ค.,ส.ค.,ก.ย.,ต.ค.,พ.ย.,ธ.ค.", "จันทร์,อังคาร,พุธ,พฤหัสบดี,ศุกร์,เสาร์,อาทิตย์"),
    ];

    // After the list it is made from: static fields are initialised in this order.
    private static readonly FrozenDictionary<string, SqlLanguage> ByName =
        All.SelectMany(l => new[] { l.Name, l.Alias }.Distinct(StringComparer.OrdinalIgnoreCase).Select(n => KeyValuePair.Create(n, l)))
            .DistinctBy(p => p.Key, StringComparer.OrdinalIgnoreCase).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
}
