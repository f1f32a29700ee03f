using System.Globalization;

namespace NinaDB.Engine.Functions;

/// <summary>
/// The cultures of SQL Server's languages and some neighbours, as Windows knows them: FORMAT and PARSE answer the same on every machine, with or without ICU.
/// </summary>
internal static class CultureTable
{
    private const string NoBreakSpace = "\u00A0";

    private const string EnglishMonths = "January,February,March,April,May,June,July,August,September,October,November,December";
    private const string EnglishShortMonths = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec";
    private const string EnglishDays = "Sunday,Monday,Tuesday,Wednesday,Thursday,Friday,Saturday";
    private const string EnglishShortDays = "Sun,Mon,Tue,Wed,Thu,Fri,Sat";

    private static readonly string NumberedMonths = string.Join(',', Enumerable.Range(1, 12).Select(m => m + "月"));

    private static readonly Words English = new(EnglishMonths, EnglishShortMonths, EnglishDays, EnglishShortDays, "AM", "PM");
    private static readonly Words German = new("Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember", "Jan,Feb,Mrz,Apr,Mai,Jun,Jul,Aug,Sep,Okt,Nov,Dez", "Sonntag,Montag,Dienstag,Mittwoch,Donnerstag,Freitag,Samstag", "So,Mo,Di,Mi,Do,Fr,Sa");
    private static readonly Words French = new("janvier,février,mars,avril,mai,juin,juillet,août,septembre,octobre,novembre,décembre", "janv.,févr.,mars,avr.,mai,juin,juil.,août,sept.,oct.,nov.,déc.", "dimanche,lundi,mardi,mercredi,jeudi,vendredi,samedi", "dim.,lun.,mar.,mer.,jeu.,ven.,sam.");
    private static readonly Words Spanish = new("enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre,octubre,noviembre,diciembre", "ene.,feb.,mar.,abr.,may.,jun.,jul.,ago.,sep.,oct.,nov.,dic.", "domingo,lunes,martes,miércoles,jueves,viernes,sábado", "do.,lu.,ma.,mi.,ju.,vi.,sá.");
    private static readonly Words Italian = new("gennaio,febbraio,marzo,aprile,maggio,giugno,luglio,agosto,settembre,ottobre,novembre,dicembre", "gen,feb,mar,apr,mag,giu,lug,ago,set,ott,nov,dic", "domenica,lunedì,martedì,mercoledì,giovedì,venerdì,sabato", "dom,lun,mar,mer,gio,ven,sab");
    private static readonly Words Dutch = new("januari,februari,maart,april,mei,juni,juli,augustus,september,oktober,november,december", "jan,feb,mrt,apr,mei,jun,jul,aug,sep,okt,nov,dec", "zondag,maandag,dinsdag,woensdag,donderdag,vrijdag,zaterdag", "zo,ma,di,wo,do,vr,za");
    private static readonly Words Portuguese = new("janeiro,fevereiro,março,abril,maio,junho,julho,agosto,setembro,outubro,novembro,dezembro", "jan,fev,mar,abr,mai,jun,jul,ago,set,out,nov,dez", "domingo,segunda-feira,terça-feira,quarta-feira,quinta-feira,sexta-feira,sábado", "dom,seg,ter,qua,qui,sex,sáb");
    private static readonly Words Swedish = new("januari,februari,mars,april,maj,juni,juli,augusti,september,oktober,november,december", "jan,feb,mar,apr,maj,jun,jul,aug,sep,okt,nov,dec", "söndag,måndag,tisdag,onsdag,torsdag,fredag,lördag", "sö,må,ti,on,to,fr,lö");
    private static readonly Words Danish = new("januar,februar,marts,april,maj,juni,juli,august,september,oktober,november,december", "jan,feb,mar,apr,maj,jun,jul,aug,sep,okt,nov,dec", "søndag,mandag,tirsdag,onsdag,torsdag,fredag,lørdag", "sø,ma,ti,on,to,fr,lø");
    private static readonly Words Norwegian = new("januar,februar,mars,april,mai,juni,juli,august,september,oktober,november,desember", "jan,feb,mar,apr,mai,jun,jul,aug,sep,okt,nov,des", "søndag,mandag,tirsdag,onsdag,torsdag,fredag,lørdag", "sø,ma,ti,on,to,fr,lø");
    private static readonly Words Finnish = new("tammikuu,helmikuu,maaliskuu,huhtikuu,toukokuu,kesäkuu,heinäkuu,elokuu,syyskuu,lokakuu,marraskuu,joulukuu", "tammi,helmi,maalis,huhti,touko,kesä,heinä,elo,syys,loka,marras,joulu", "sunnuntai,maanantai,tiistai,keskiviikko,torstai,perjantai,lauantai", "su,ma,ti,ke,to,pe,la")
    { Genitive = "tammikuuta,helmikuuta,maaliskuuta,huhtikuuta,toukokuuta,kesäkuuta,heinäkuuta,elokuuta,syyskuuta,lokakuuta,marraskuuta,joulukuuta" };
    private static readonly Words Russian = new("Январь,Февраль,Март,Апрель,Май,Июнь,Июль,Август,Сентябрь,Октябрь,Ноябрь,Декабрь", "янв,фев,мар,апр,май,июн,июл,авг,сен,окт,ноя,дек", "воскресенье,понедельник,вторник,среда,четверг,пятница,суббота", "Вс,Пн,Вт,Ср,Чт,Пт,Сб")
    { Genitive = "января,февраля,марта,апреля,мая,июня,июля,августа,сентября,октября,ноября,декабря" };
    private static readonly Words Polish = new("styczeń,luty,marzec,kwiecień,maj,czerwiec,lipiec,sierpień,wrzesień,październik,listopad,grudzień", "sty,lut,mar,kwi,maj,cze,lip,sie,wrz,paź,lis,gru", "niedziela,poniedziałek,wtorek,środa,czwartek,piątek,sobota", "N,Pn,Wt,Śr,Cz,Pt,So")
    { Genitive = "stycznia,lutego,marca,kwietnia,maja,czerwca,lipca,sierpnia,września,października,listopada,grudnia" };
    private static readonly Words Turkish = new("Ocak,Şubat,Mart,Nisan,Mayıs,Haziran,Temmuz,Ağustos,Eylül,Ekim,Kasım,Aralık", "Oca,Şub,Mar,Nis,May,Haz,Tem,Ağu,Eyl,Eki,Kas,Ara", "Pazar,Pazartesi,Salı,Çarşamba,Perşembe,Cuma,Cumartesi", "Paz,Pzt,Sal,Çar,Per,Cum,Cmt", "ÖÖ", "ÖS");
    private static readonly Words Japanese = new(NumberedMonths, NumberedMonths, "日曜日,月曜日,火曜日,水曜日,木曜日,金曜日,土曜日", "日,月,火,水,木,金,土", "午前", "午後");
    private static readonly Words Chinese = new("一月,二月,三月,四月,五月,六月,七月,八月,九月,十月,十一月,十二月", NumberedMonths, "星期日,星期一,星期二,星期三,星期四,星期五,星期六", "周日,周一,周二,周三,周四,周五,周六", "上午", "下午");
    private static readonly Words Korean = new("1월,2월,3월,4월,5월,6월,7월,8월,9월,10월,11월,12월", "1,2,3,4,5,6,7,8,9,10,11,12", "일요일,월요일,화요일,수요일,목요일,금요일,토요일", "일,월,화,수,목,금,토", "오전", "오후");

    private static readonly Dictionary<string, Culture> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["en-GB"] = new(English, ".", ",", "£", 0, 1, "dd/MM/yyyy", "dd MMMM yyyy", "HH:mm"),
        ["en-AU"] = new(English, ".", ",", "$", 0, 1, "d/MM/yyyy", "dddd, d MMMM yyyy", "h:mm tt"),
        ["en-CA"] = new(English, ".", ",", "$", 0, 1, "yyyy-MM-dd", "MMMM d, yyyy", "h:mm tt", DayOfWeek.Sunday),
        ["en-IE"] = new(English, ".", ",", "€", 0, 1, "dd/MM/yyyy", "dddd d MMMM yyyy", "HH:mm"),
        ["en-NZ"] = new(English, ".", ",", "$", 0, 1, "d/MM/yyyy", "dddd, d MMMM yyyy", "h:mm tt"),
        ["de-DE"] = new(German, ",", ".", "€", 3, 8, "dd.MM.yyyy", "dddd, d. MMMM yyyy", "HH:mm"),
        ["de-AT"] = new(German, ",", ".", "€", 2, 9, "dd.MM.yyyy", "dddd, d. MMMM yyyy", "HH:mm"),
        ["de-CH"] = new(German, ".", "’", "CHF", 2, 2, "dd.MM.yyyy", "dddd, d. MMMM yyyy", "HH:mm"),
        ["fr-FR"] = new(French, ",", NoBreakSpace, "€", 3, 8, "dd/MM/yyyy", "dddd d MMMM yyyy", "HH:mm"),
        ["fr-BE"] = new(French, ",", NoBreakSpace, "€", 3, 8, "dd-MM-yy", "dddd d MMMM yyyy", "HH:mm"),
        ["fr-CA"] = new(French, ",", NoBreakSpace, "$", 3, 15, "yyyy-MM-dd", "d MMMM yyyy", "HH:mm", DayOfWeek.Sunday),
        ["es-ES"] = new(Spanish, ",", ".", "€", 3, 8, "dd/MM/yyyy", "dddd, d' de 'MMMM' de 'yyyy", "H:mm"),
        ["es-MX"] = new(Spanish, ".", ",", "$", 0, 1, "dd/MM/yyyy", "dddd, d' de 'MMMM' de 'yyyy", "hh:mm tt", DayOfWeek.Sunday),
        ["it-IT"] = new(Italian, ",", ".", "€", 3, 8, "dd/MM/yyyy", "dddd d MMMM yyyy", "HH:mm"),
        ["nl-NL"] = new(Dutch, ",", ".", "€", 2, 12, "d-M-yyyy", "dddd d MMMM yyyy", "HH:mm"),
        ["nl-BE"] = new(Dutch, ",", ".", "€", 2, 12, "d/MM/yyyy", "dddd d MMMM yyyy", "H:mm"),
        ["pt-BR"] = new(Portuguese, ",", ".", "R$", 2, 9, "dd/MM/yyyy", "dddd, d' de 'MMMM' de 'yyyy", "HH:mm", DayOfWeek.Sunday),
        ["pt-PT"] = new(Portuguese, ",", NoBreakSpace, "€", 3, 8, "dd/MM/yyyy", "d' de 'MMMM' de 'yyyy", "HH:mm"),
        ["sv-SE"] = new(Swedish, ",", NoBreakSpace, "kr", 3, 8, "yyyy-MM-dd", "'den 'd MMMM yyyy", "HH:mm"),
        ["da-DK"] = new(Danish, ",", ".", "kr.", 3, 8, "dd-MM-yyyy", "d. MMMM yyyy", "HH:mm"),
        ["nb-NO"] = new(Norwegian, ",", NoBreakSpace, "kr", 2, 12, "dd.MM.yyyy", "dddd d. MMMM yyyy", "HH:mm"),
        ["fi-FI"] = new(Finnish, ",", NoBreakSpace, "€", 3, 8, "d.M.yyyy", "dddd d. MMMM yyyy", "H.mm"),
        ["ru-RU"] = new(Russian, ",", NoBreakSpace, "₽", 3, 8, "dd.MM.yyyy", "d MMMM yyyy 'г.'", "H:mm"),
        ["pl-PL"] = new(Polish, ",", NoBreakSpace, "zł", 3, 8, "dd.MM.yyyy", "d MMMM yyyy", "HH:mm"),
        ["tr-TR"] = new(Turkish, ",", ".", "₺", 0, 1, "d.MM.yyyy", "d MMMM yyyy dddd", "HH:mm"),
        ["ja-JP"] = new(Japanese, ".", ",", "¥", 0, 1, "yyyy/MM/dd", "yyyy'年'M'月'd'日'", "H:mm", DayOfWeek.Sunday) { CurrencyDigits = 0 },
        ["zh-CN"] = new(Chinese, ".", ",", "¥", 0, 2, "yyyy/M/d", "yyyy'年'M'月'd'日'", "H:mm"),
        ["zh-TW"] = new(Chinese, ".", ",", "NT$", 0, 1, "yyyy/M/d", "yyyy'年'M'月'd'日'", "tt hh:mm", DayOfWeek.Sunday),
        ["ko-KR"] = new(Korean, ".", ",", "₩", 0, 1, "yyyy-MM-dd", "yyyy'년' M'월' d'일' dddd", "tt h:mm", DayOfWeek.Sunday) { CurrencyDigits = 0 },
    };

    /// <summary>A language without country means its first culture here.</summary>
    private static readonly Dictionary<string, string> Neutral = new(StringComparer.OrdinalIgnoreCase)
    {
        ["de"] = "de-DE", ["fr"] = "fr-FR", ["es"] = "es-ES", ["it"] = "it-IT", ["nl"] = "nl-NL", ["pt"] = "pt-BR", ["sv"] = "sv-SE", ["da"] = "da-DK", ["nb"] = "nb-NO", ["no"] = "nb-NO",
        ["fi"] = "fi-FI", ["ru"] = "ru-RU", ["pl"] = "pl-PL", ["tr"] = "tr-TR", ["ja"] = "ja-JP", ["zh"] = "zh-CN", ["zh-Hans"] = "zh-CN", ["zh-Hant"] = "zh-TW", ["ko"] = "ko-KR",
    };

    private sealed record Words(string Months, string ShortMonths, string Days, string ShortDays, string Morning = "", string Afternoon = "")
    {
        /// <summary>Names of months beside a day, where they differ.</summary>
        public string? Genitive { get; init; }
    }

    /// <param name="Positive">Pattern of positive amounts, as NumberFormatInfo numbers them.</param>
    /// <param name="Negative">Pattern of negative amounts.</param>
    private sealed record Culture(
        Words Words, string Point, string Group, string Currency, int Positive, int Negative, string ShortDate, string LongDate, string Time, DayOfWeek FirstDay = DayOfWeek.Monday)
    {
        public int CurrencyDigits { get; init; } = 2;
    }

    /// <summary>The culture of a name, or null when it is not in the table.</summary>
    public static CultureInfo? Find(string name) => Known.TryGetValue(Neutral.GetValueOrDefault(name, name), out Culture? culture) ? Build(culture) : null;

    private static CultureInfo Build(Culture from)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        NumberFormatInfo numbers = culture.NumberFormat;
        numbers.NumberDecimalSeparator = numbers.CurrencyDecimalSeparator = numbers.PercentDecimalSeparator = from.Point;
        numbers.NumberGroupSeparator = numbers.CurrencyGroupSeparator = numbers.PercentGroupSeparator = from.Group;
        numbers.CurrencySymbol = from.Currency;
        numbers.CurrencyPositivePattern = from.Positive;
        numbers.CurrencyNegativePattern = from.Negative;
        numbers.CurrencyDecimalDigits = from.CurrencyDigits;
        numbers.NumberDecimalDigits = 2;
        DateTimeFormatInfo dates = culture.DateTimeFormat;
        dates.MonthNames = [.. from.Words.Months.Split(','), ""];
        dates.MonthGenitiveNames = [.. (from.Words.Genitive ?? from.Words.Months).Split(','), ""];
        dates.AbbreviatedMonthNames = dates.AbbreviatedMonthGenitiveNames = [.. from.Words.ShortMonths.Split(','), ""];
        dates.DayNames = from.Words.Days.Split(',');
        dates.AbbreviatedDayNames = from.Words.ShortDays.Split(',');
        dates.AMDesignator = from.Words.Morning;
        dates.PMDesignator = from.Words.Afternoon;
        dates.DateSeparator = from.ShortDate.First(c => !char.IsAsciiLetter(c)).ToString();
        dates.TimeSeparator = from.Time.Contains('.', StringComparison.Ordinal) ? "." : ":";
        dates.ShortDatePattern = from.ShortDate;
        dates.LongDatePattern = from.LongDate;
        dates.ShortTimePattern = from.Time;
        dates.LongTimePattern = from.Time.Replace("mm", "mm" + dates.TimeSeparator + "ss", StringComparison.Ordinal);
        dates.FullDateTimePattern = $"{from.LongDate} {dates.LongTimePattern}";
        dates.FirstDayOfWeek = from.FirstDay;
        return CultureInfo.ReadOnly(culture);
    }
}
