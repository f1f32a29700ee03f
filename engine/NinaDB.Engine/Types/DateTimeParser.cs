using System.Globalization;

namespace NinaDB.Engine.Types;

internal enum DateTimeParseResult
{
    Ok,
    /// <summary>Not a date or time (error 241).</summary>
    Malformed,
    /// <summary>Well-formed, but no such day or time (error 242 for datetime).</summary>
    OutOfRange,
    /// <summary>Readable, but not in the form the style asks for (error 9807).</summary>
    StyleMismatch,
}

/// <param name="Ticks">Wall clock in ticks since 0001-01-01; on 1900-01-01 when the text has no date.</param>
internal readonly record struct DateTimeStamp(long Ticks, int OffsetMinutes);

/// <summary>
/// Reads dates and times as T-SQL does: ISO 8601, unseparated (yyyymmdd), numeric with separators in DATEFORMAT order, alphabetic months, ODBC escapes' inner text.
/// </summary>
/// <remarks>https://learn.microsoft.com/sql/t-sql/data-types/datetime-transact-sql (supported string literal formats) and datetime2, datetimeoffset.</remarks>
internal ref partial struct DateTimeParser
{
    private const int TwoDigitYearCutoff = 2049;

    private readonly ReadOnlySpan<char> _text;
    private readonly SqlTypeId _target;
    private readonly SqlLanguage _language;
    private int _position;
    private bool _hasDate;
    private bool _hasTime;
    private bool _hasOffset;
    private int _year;
    private int _month;
    private int _day;
    private long _time;
    private int _offset;
    private bool _outOfRange;

    private DateTimeParser(ReadOnlySpan<char> text, SqlTypeId target, SqlLanguage language)
    {
        _text = text;
        _target = target;
        _language = language;
        _year = 1900;
        _month = 1;
        _day = 1;
    }

    private readonly bool IsLegacy => _target is SqlTypeId.DateTime or SqlTypeId.SmallDateTime;

    /// <param name="style">Style of CONVERT, which fixes the order of numeric dates; null for the session's DATEFORMAT.</param>
    /// <param name="dateFormat">mdy, dmy, ymd, ydm, myd or dym.</param>
    public static DateTimeParseResult Parse(string text, int? style, string dateFormat, SqlTypeId target, out DateTimeStamp stamp, SqlLanguage? language = null)
    {
        language ??= SqlLanguage.English;
        string? order = style is null ? null : OrderOfStyle(style.Value);
        if (style is 130 or 131)
        {
            return ParseHijri(text, target, language, out stamp);
        }

        var parser = new DateTimeParser(text.AsSpan().Trim(), target, language);
        DateTimeParseResult result = parser.Run(order ?? dateFormat, order is not null, order is not null && style >= 100, out stamp);
        if (result != DateTimeParseResult.Ok && order is not null)
        {
            var retry = new DateTimeParser(text.AsSpan().Trim(), target, language);
            if (target is not (SqlTypeId.DateTime or SqlTypeId.SmallDateTime) && retry.Run(dateFormat, false, false, out stamp) == DateTimeParseResult.Ok)
            {
                return DateTimeParseResult.StyleMismatch;
            }
        }

        return result;
    }

    /// <summary>Field order of the numeric styles; null for styles that leave it to DATEFORMAT or have an alphabetic month.</summary>
    private static string? OrderOfStyle(int style) => style switch
    {
        1 or 101 or 10 or 110 or 22 => "mdy",
        2 or 102 or 11 or 111 or 12 or 112 or 20 or 120 or 21 or 121 or 23 or 25 or 126 or 127 => "ymd",
        3 or 103 or 4 or 104 or 5 or 105 => "dmy",
        _ => null,
    };

    private static DateTimeParseResult ParseHijri(string text, SqlTypeId target, SqlLanguage language, out DateTimeStamp stamp)
    {
        stamp = default;
        var parser = new DateTimeParser(text.AsSpan().Trim(), target, language);
        Span<int> fields = stackalloc int[3];
        for (int i = 0; i < 3; i++)
        {
            if (!parser.ReadNumber(out fields[i], out _))
            {
                return DateTimeParseResult.Malformed;
            }

            if (i < 2 && !parser.SkipDateSeparator(out _))
            {
                return DateTimeParseResult.Malformed;
            }
        }

        parser.SkipBlanks();
        if (parser._position < parser._text.Length && (!parser.ReadTime() || !parser.AtEnd()))
        {
            return DateTimeParseResult.Malformed;
        }

        var calendar = new HijriCalendar { HijriAdjustment = 0 };
        if (fields[2] is < 1 or > 9666 || fields[1] is < 1 or > 12 || fields[0] < 1 || fields[0] > calendar.GetDaysInMonth(fields[2], fields[1]))
        {
            return DateTimeParseResult.OutOfRange;
        }

        stamp = new DateTimeStamp(calendar.ToDateTime(fields[2], fields[1], fields[0], 0, 0, 0, 0).Ticks + parser._time, 0);
        return DateTimeParseResult.Ok;
    }

    private DateTimeParseResult Run(string order, bool strict, bool fourDigitYear, out DateTimeStamp stamp)
    {
        stamp = default;
        bool ok = ReadAll(order, strict, fourDigitYear);
        if (_outOfRange)
        {
            return DateTimeParseResult.OutOfRange;
        }

        if (!ok)
        {
            return DateTimeParseResult.Malformed;
        }

        if (_month is < 1 or > 12 || _year is < 1 or > 9999 || _day < 1 || _day > DateTime.DaysInMonth(_year, _month))
        {
            return DateTimeParseResult.OutOfRange;
        }

        if (IsLegacy && _hasDate && _year < 1753)
        {
            return DateTimeParseResult.OutOfRange;
        }

        long ticks = new DateTime(_year, _month, _day).Ticks + _time;
        stamp = new DateTimeStamp(ticks, _offset);
        return DateTimeParseResult.Ok;
    }

    private bool ReadAll(string order, bool strict, bool fourDigitYear)
    {
        SkipBlanks();
        while (_position < _text.Length)
        {
            char c = _text[_position];
            if (char.IsAsciiDigit(c))
            {
                if (LooksLikeTime())
                {
                    if (_hasTime || !ReadTime())
                    {
                        return false;
                    }
                }
                else if (_hasDate || !ReadNumericDate(order, strict, fourDigitYear))
                {
                    return false;
                }
            }
            else if (char.IsLetter(c))
            {
                if (c is 'T' or 't' && _hasDate && !_hasTime && _position + 1 < _text.Length && char.IsAsciiDigit(_text[_position + 1]))
                {
                    _position++;
                    if (!ReadTime())
                    {
                        return false;
                    }
                }
                else if (c is 'Z' or 'z' && _hasTime && !_hasOffset)
                {
                    _position++;
                    _hasOffset = true;
                }
                else if (_hasDate || !ReadAlphabeticDate())
                {
                    return false;
                }
            }
            else if (c is '+' or '-' && _hasTime && !_hasOffset)
            {
                if (!ReadOffset())
                {
                    return false;
                }
            }
            else
            {
                return false;
            }

            SkipBlanks();
        }

        // datetime knows no offset; the others read it and keep the wall clock.
        return !(_hasOffset && IsLegacy && _offset != 0);
    }

    private void SkipBlanks()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
        {
            _position++;
        }
    }

    private bool AtEnd()
    {
        SkipBlanks();
        return _position == _text.Length;
    }

    private bool ReadNumber(out int value, out int digits)
    {
        int start = _position;
        value = 0;
        while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
        {
            if (_position - start >= 9)
            {
                digits = 0;
                return false;
            }

            value = (value * 10) + (_text[_position++] - '0');
        }

        digits = _position - start;
        return digits > 0;
    }

    /// <summary>hh:..., or hh followed by AM or PM.</summary>
    private readonly bool LooksLikeTime()
    {
        int i = _position;
        while (i < _text.Length && char.IsAsciiDigit(_text[i]))
        {
            i++;
        }

        if (i - _position > 2)
        {
            return false;
        }

        if (i < _text.Length && _text[i] == ':')
        {
            return true;
        }

        while (i < _text.Length && _text[i] == ' ')
        {
            i++;
        }

        return i + 1 < _text.Length && (_text[i] | 0x20) is 'a' or 'p' && (_text[i + 1] | 0x20) == 'm' && (i + 2 == _text.Length || !char.IsLetter(_text[i + 2]));
    }

    private bool ReadTime()
    {
        if (!ReadNumber(out int hour, out int hourDigits) || hourDigits > 2)
        {
            return false;
        }

        int minute = 0;
        int second = 0;
        long fraction = 0;
        if (TryRead(':'))
        {
            if (!ReadNumber(out minute, out int minuteDigits) || minuteDigits > 2)
            {
                return false;
            }

            if (TryRead(':'))
            {
                if (!ReadNumber(out second, out int secondDigits) || secondDigits > 2)
                {
                    return false;
                }

                if (!ReadFraction(out fraction))
                {
                    return false;
                }
            }
        }

        SkipBlanks();
        if (_position + 1 < _text.Length && (_text[_position] | 0x20) is 'a' or 'p' && (_text[_position + 1] | 0x20) == 'm')
        {
            bool afternoon = (_text[_position] | 0x20) == 'p';
            _position += 2;
            if (hour > 12 && !afternoon)
            {
                return false;
            }

            if (hour <= 12)
            {
                hour = (hour % 12) + (afternoon ? 12 : 0);
            }
        }

        if (hour > 23 || minute > 59 || second > 59)
        {
            _outOfRange = true;
            return false;
        }

        _time = (hour * TimeSpan.TicksPerHour) + (minute * TimeSpan.TicksPerMinute) + (second * TimeSpan.TicksPerSecond) + fraction;
        _hasTime = true;
        return true;
    }

    private bool ReadFraction(out long ticks)
    {
        ticks = 0;
        if (TryRead(':'))
        {
            // hh:mm:ss:fff counts milliseconds: :5 is 5 ms.
            if (!ReadNumber(out int milliseconds, out int digits) || digits > 3)
            {
                return false;
            }

            ticks = milliseconds * TimeSpan.TicksPerMillisecond;
            return true;
        }

        if (!TryRead('.'))
        {
            return true;
        }

        int start = _position;
        long value = 0;
        while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
        {
            if (_position - start < 7)
            {
                value = (value * 10) + (_text[_position] - '0');
            }

            _position++;
        }

        int length = _position - start;
        if (length == 0 || length > (IsLegacy ? 3 : 9))
        {
            return false;
        }

        bool roundUp = length > 7 && _text[start + 7] >= '5';
        for (int i = length; i < 7; i++)
        {
            value *= 10;
        }

        ticks = value + (roundUp ? 1 : 0);
        return true;
    }

    private bool ReadOffset()
    {
        bool negative = _text[_position++] == '-';
        if (!ReadNumber(out int hours, out int digits))
        {
            return false;
        }

        int minutes = 0;
        if (digits == 4)
        {
            (hours, minutes) = (hours / 100, hours % 100);
        }
        else if (digits > 2 || !TryRead(':') || !ReadNumber(out minutes, out int minuteDigits) || minuteDigits is < 1 or > 2)
        {
            return false;
        }

        int offset = (hours * 60) + minutes;
        if (minutes > 59 || offset > 14 * 60)
        {
            return false;
        }

        _offset = negative ? -offset : offset;
        _hasOffset = true;
        return true;
    }

    private bool TryRead(char c)
    {
        if (_position < _text.Length && _text[_position] == c)
        {
            _position++;
            return true;
        }

        return false;
    }

    private static int FullYear(int year, int digits)
    {
        if (digits > 2)
        {
            return year;
        }

        int century = TwoDigitYearCutoff / 100 * 100;
        return year + century > TwoDigitYearCutoff ? year + century - 100 : year + century;
    }
}
