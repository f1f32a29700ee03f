using System.Globalization;

namespace NinaDB.Engine.Types;

/// <summary>The forms of dates: numeric, ISO 8601, unseparated, with the name of a month.</summary>
internal ref partial struct DateTimeParser
{
    private bool ReadNumericDate(string order, bool strict, bool fourDigitYear)
    {
        if (!ReadNumber(out int first, out int firstDigits))
        {
            return false;
        }

        if (!SkipDateSeparator(out char separator))
        {
            // "5 January 2024" or "2024 Jan 5": a number before a month name.
            if (separator == ' ' && _position < _text.Length && char.IsLetter(_text[_position]) && !(_text[_position] is 'T' or 't' && firstDigits >= 4 && _position + 1 < _text.Length && char.IsAsciiDigit(_text[_position + 1])))
            {
                return ReadMonthAfter(first, firstDigits);
            }

            return ReadUnseparated(first, firstDigits);
        }

        if (_position < _text.Length && char.IsLetter(_text[_position]))
        {
            return ReadMonthAfter(first, firstDigits);
        }

        if (!ReadNumber(out int second, out int secondDigits) || !SkipDateSeparator(out char separator2) || !ReadNumber(out int third, out int thirdDigits)
            || (separator != separator2 && strict))
        {
            return false;
        }

        return Assign(order, strict, fourDigitYear, first, firstDigits, second, secondDigits, third, thirdDigits);
    }

    private bool Assign(string order, bool strict, bool fourDigitYear, int first, int firstDigits, int second, int secondDigits, int third, int thirdDigits)
    {
        if (strict)
        {
            int yearDigits = order[0] == 'y' ? firstDigits : thirdDigits;
            if (yearDigits != (fourDigitYear || order == "ymd" && yearDigits == 4 ? 4 : 2) && !(yearDigits == 4 && !fourDigitYear))
            {
                return false;
            }
        }

        string effective = order.ToLowerInvariant();
        if (firstDigits == 4 && effective[0] != 'y')
        {
            // A leading four-digit year: year-month-day, except that datetime keeps day before month under DATEFORMAT dmy.
            if (strict)
            {
                return false;
            }

            effective = IsLegacy && effective.IndexOf('d') < effective.IndexOf('m') && !AtIsoTime ? "ydm" : "ymd";
        }
        else if (firstDigits == 4 && (!IsLegacy || AtIsoTime) && !strict)
        {
            effective = "ymd";
        }
        else if (thirdDigits == 4 && effective[0] == 'y')
        {
            if (strict)
            {
                return false;
            }

            effective = effective.Replace("y", string.Empty, StringComparison.Ordinal) + "y";
        }

        ReadOnlySpan<int> values = [first, second, third];
        ReadOnlySpan<int> digits = [firstDigits, secondDigits, thirdDigits];
        for (int i = 0; i < 3; i++)
        {
            switch (effective[i])
            {
                case 'y':
                    if (digits[i] is not (2 or 4 or 1))
                    {
                        return false;
                    }

                    _year = FullYear(values[i], digits[i]);
                    break;
                case 'm' when digits[i] <= 2:
                    _month = values[i];
                    break;
                case 'd' when digits[i] <= 2:
                    _day = values[i];
                    break;
                default:
                    return false;
            }
        }

        _hasDate = true;
        return true;
    }

    /// <summary>yyyy-mm-dd has been read and T with a time follows: ISO 8601, whatever DATEFORMAT says.</summary>
    private readonly bool AtIsoTime => _position + 1 < _text.Length && _text[_position] is 'T' or 't' && char.IsAsciiDigit(_text[_position + 1]);

    private bool ReadUnseparated(int value, int digits)
    {
        switch (digits)
        {
            case 8:
                (_year, _month, _day) = (value / 10000, value / 100 % 100, value % 100);
                break;
            case 6:
                (_year, _month, _day) = (FullYear(value / 10000, 2), value / 100 % 100, value % 100);
                break;
            case 4:
                (_year, _month, _day) = (value, 1, 1);
                break;
            default:
                return false;
        }

        _hasDate = true;
        return true;
    }

    /// <summary>A day or year is read; a month name follows.</summary>
    private bool ReadMonthAfter(int first, int firstDigits)
    {
        if (!ReadMonthName())
        {
            return false;
        }

        SkipLoose();
        if (firstDigits == 4)
        {
            // 2024 Jan [5]
            _year = first;
            _day = 1;
            if (_position < _text.Length && char.IsAsciiDigit(_text[_position]) && !LooksLikeTime())
            {
                if (!ReadNumber(out _day, out int dayDigits) || dayDigits > 2)
                {
                    return false;
                }
            }

            _hasDate = true;
            return true;
        }

        if (firstDigits > 2 || !ReadNumber(out int year, out int yearDigits) || yearDigits is not (2 or 4))
        {
            return false;
        }

        _day = first;
        _year = FullYear(year, yearDigits);
        _hasDate = true;
        return true;
    }

    /// <summary>Jan 5 2024, Jan 5, 24, Jan 2024, January 2024 5.</summary>
    private bool ReadAlphabeticDate()
    {
        if (!ReadMonthName())
        {
            return false;
        }

        SkipLoose();
        if (!ReadNumber(out int first, out int firstDigits))
        {
            return false;
        }

        SkipLoose();
        bool more = _position < _text.Length && char.IsAsciiDigit(_text[_position]) && !LooksLikeTime();
        int second = 0;
        int secondDigits = 0;
        if (more && !ReadNumber(out second, out secondDigits))
        {
            return false;
        }

        if (firstDigits == 4)
        {
            _year = first;
            _day = more ? second : 1;
        }
        else if (more && secondDigits is 2 or 4)
        {
            _day = first;
            _year = FullYear(second, secondDigits);
        }
        else
        {
            return false;
        }

        _hasDate = true;
        return true;
    }

    private bool ReadMonthName()
    {
        int start = _position;
        while (_position < _text.Length && char.IsLetter(_text[_position]))
        {
            _position++;
        }

        // An abbreviation may end in a point, as in some languages it is written.
        ReadOnlySpan<char> word = _text[start.._position];
        _month = _language.FindMonth(word);
        return _month != 0;
    }

    private void SkipLoose()
    {
        while (_position < _text.Length && (char.IsWhiteSpace(_text[_position]) || _text[_position] is ',' or '-' or '/' or '.'))
        {
            _position++;
        }
    }

    /// <summary>Skips one of - / . with blanks around it; reports ' ' when there were only blanks.</summary>
    private bool SkipDateSeparator(out char separator)
    {
        int mark = _position;
        SkipBlanks();
        separator = _position > mark ? ' ' : '\0';
        if (_position < _text.Length && _text[_position] is '-' or '/' or '.')
        {
            separator = _text[_position++];
            SkipBlanks();
            return true;
        }

        if (_position < _text.Length && char.IsLetter(_text[_position]))
        {
            separator = ' ';
            return false;
        }

        _position = mark;
        return false;
    }
}
