//! The syntax of JSON over UTF-16 units, with V8's error messages. Makes no values.

use crate::mem::string::Units;

/// A position in a text.
#[derive(Debug)]
pub struct Scanner<'a> {
    units: Units<'a>,
    at: usize,
}

/// The beginning of a value.
#[derive(Debug, PartialEq)]
pub enum Token {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(Text),
    /// `[`, not closed yet.
    Array,
    /// `[]`.
    EmptyArray,
    /// `{`; the first name and its colon follow.
    Object,
    /// `{}`.
    EmptyObject,
}

/// The contents of a string.
#[derive(Debug, PartialEq)]
pub enum Text {
    /// They stand in the text from the first position to the second.
    Plain(usize, usize),
    /// They had escapes.
    Unescaped(Vec<u16>),
}

/// A message for a `SyntaxError`.
pub type Fault = String;

const QUOTE: u16 = b'"' as u16;
const BACKSLASH: u16 = b'\\' as u16;
/// Units of context on each side of an unexpected token.
const CONTEXT: usize = 10;

impl<'a> Scanner<'a> {
    /// A scanner at the beginning of a text.
    pub fn new(units: Units<'a>) -> Self {
        Scanner { units, at: 0 }
    }

    fn peek(&self) -> Option<u16> {
        self.units.get(self.at)
    }

    fn peek_ascii(&self) -> Option<u8> {
        self.peek().and_then(|u| u8::try_from(u).ok())
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek_ascii() {
            self.at += 1;
        }
    }

    /// Takes `c` after white space, if it comes next.
    fn take(&mut self, c: u8) -> bool {
        self.skip_space();
        let found = self.peek_ascii() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn expected(&self, what: &str) -> Fault {
        format!("{what} in JSON at position {}", self.at)
    }

    /// The fault of whatever stands here.
    fn unexpected(&self) -> Fault {
        let Some(unit) = self.peek() else {
            return "Unexpected end of JSON input".to_owned();
        };
        let len = self.units.len();
        let text = |from, to| self.units.range(from, to).to_text();
        let all = text(0, len.min(16));
        let special = ["NaN", "Infinity", "undefined", "[object Object]"];
        if len < 16 && special.contains(&&all[..]) {
            return format!("\"{all}\" is not valid JSON");
        }
        let (from, to) = if len <= 2 * CONTEXT {
            (0, len)
        } else {
            let from = self.at.saturating_sub(CONTEXT);
            let near_end = self.at + CONTEXT >= len;
            (from, if near_end { len } else { self.at + CONTEXT })
        };
        let before = if from > 0 { "..." } else { "" };
        let after = if to < len { "..." } else { "" };
        let token = Units::Wide(&[unit]).to_text();
        let context = text(from, to);
        format!("Unexpected token '{token}', {before}\"{context}\"{after} is not valid JSON")
    }

    /// The next value or its beginning.
    pub fn value(&mut self) -> Result<Token, Fault> {
        self.skip_space();
        match self.peek_ascii() {
            Some(b'"') => self.string().map(Token::Text),
            Some(b'-' | b'0'..=b'9') => self.number().map(Token::Number),
            Some(b'n') => self.literal("null", Token::Null),
            Some(b't') => self.literal("true", Token::Bool(true)),
            Some(b'f') => self.literal("false", Token::Bool(false)),
            Some(b'[') => {
                self.at += 1;
                Ok(if self.take(b']') {
                    Token::EmptyArray
                } else {
                    Token::Array
                })
            }
            Some(b'{') => {
                self.at += 1;
                Ok(if self.take(b'}') {
                    Token::EmptyObject
                } else {
                    Token::Object
                })
            }
            _ => Err(self.unexpected()),
        }
    }

    fn literal(&mut self, word: &str, token: Token) -> Result<Token, Fault> {
        for byte in word.bytes() {
            if self.peek_ascii() != Some(byte) {
                return Err(self.unexpected());
            }
            self.at += 1;
        }
        Ok(token)
    }

    /// A member's name and the colon after it; `first` comes right after the brace.
    pub fn name(&mut self, first: bool) -> Result<Text, Fault> {
        self.skip_space();
        if self.peek() != Some(QUOTE) {
            return Err(self.expected(if first {
                "Expected property name or '}'"
            } else {
                "Expected double-quoted property name"
            }));
        }
        let name = self.string()?;
        if self.take(b':') {
            Ok(name)
        } else {
            Err(self.expected("Expected ':' after property name"))
        }
    }

    /// After an element: whether another follows.
    pub fn more_elements(&mut self) -> Result<bool, Fault> {
        if self.take(b',') {
            Ok(true)
        } else if self.take(b']') {
            Ok(false)
        } else {
            Err(self.expected("Expected ',' or ']' after array element"))
        }
    }

    /// After a member: whether another follows.
    pub fn more_members(&mut self) -> Result<bool, Fault> {
        if self.take(b',') {
            Ok(true)
        } else if self.take(b'}') {
            Ok(false)
        } else {
            Err(self.expected("Expected ',' or '}' after property value"))
        }
    }

    /// After the whole value: nothing but white space may follow.
    pub fn end(&mut self) -> Result<(), Fault> {
        self.skip_space();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self
                .expected("Unexpected non-whitespace character after JSON")
                .replace("JSON in JSON", "JSON")),
        }
    }

    /// A string; the scanner stands on its opening quote.
    fn string(&mut self) -> Result<Text, Fault> {
        self.at += 1;
        let start = self.at;
        loop {
            match self.peek() {
                Some(QUOTE) => {
                    self.at += 1;
                    return Ok(Text::Plain(start, self.at - 1));
                }
                Some(BACKSLASH) => return self.escaped_string(start).map(Text::Unescaped),
                Some(unit) if unit >= 0x20 => self.at += 1,
                other => return Err(self.broken_string(other)),
            }
        }
    }

    fn broken_string(&self, next: Option<u16>) -> Fault {
        self.expected(match next {
            Some(_) => "Bad control character in string literal",
            None => "Unterminated string",
        })
    }

    /// The rest of a string whose contents began at `start`.
    fn escaped_string(&mut self, start: usize) -> Result<Vec<u16>, Fault> {
        let mut out: Vec<u16> = self.units.range(start, self.at).iter().collect();
        loop {
            match self.peek() {
                Some(QUOTE) => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(BACKSLASH) => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                Some(unit) if unit >= 0x20 => {
                    out.push(unit);
                    self.at += 1;
                }
                other => return Err(self.broken_string(other)),
            }
        }
    }

    /// The unit that an escape stands for; the scanner is behind the backslash.
    fn escape(&mut self) -> Result<u16, Fault> {
        let Some(unit) = self.peek() else {
            return Err(self.unexpected());
        };
        let meaning = match u8::try_from(unit) {
            Ok(c @ (b'"' | b'\\' | b'/')) => u16::from(c),
            Ok(b'b') => 8,
            Ok(b'f') => 12,
            Ok(b'n') => 10,
            Ok(b'r') => 13,
            Ok(b't') => 9,
            Ok(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.expected("Bad escaped character")),
        };
        self.at += 1;
        Ok(meaning)
    }

    fn unicode_escape(&mut self) -> Result<u16, Fault> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = self
                .peek()
                .and_then(|u| char::from_u32(u.into())?.to_digit(16));
            let Some(digit) = digit else {
                return Err(match self.peek() {
                    Some(_) => self.expected("Bad Unicode escape"),
                    None => self.unexpected(),
                });
            };
            value = value * 16 + digit as u16;
            self.at += 1;
        }
        Ok(value)
    }

    fn digits(&mut self, text: &mut String) -> bool {
        let before = text.len();
        while let Some(digit @ b'0'..=b'9') = self.peek_ascii() {
            text.push(digit.into());
            self.at += 1;
        }
        text.len() > before
    }

    fn number(&mut self) -> Result<f64, Fault> {
        let mut text = String::new();
        if self.peek_ascii() == Some(b'-') {
            text.push('-');
            self.at += 1;
        }
        if self.peek_ascii() == Some(b'0') {
            text.push('0');
            self.at += 1;
            if let Some(b'0'..=b'9') = self.peek_ascii() {
                return Err(self.expected("Unexpected number"));
            }
        } else if !self.digits(&mut text) {
            return Err(self.expected("No number after minus sign"));
        }
        if self.peek_ascii() == Some(b'.') {
            text.push('.');
            self.at += 1;
            if !self.digits(&mut text) {
                return Err(self.expected("Unterminated fractional number"));
            }
        }
        if let Some(b'e' | b'E') = self.peek_ascii() {
            text.push('e');
            self.at += 1;
            if let Some(sign @ (b'+' | b'-')) = self.peek_ascii() {
                text.push(sign.into());
                self.at += 1;
            }
            if !self.digits(&mut text) {
                return Err(self.expected("Exponent part is missing a number"));
            }
        }
        Ok(text.parse().unwrap_or(f64::NAN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a whole text without keeping anything.
    fn check(text: &str) -> Result<(), Fault> {
        let wide: Vec<u16> = text.encode_utf16().collect();
        let mut s = Scanner::new(Units::Wide(&wide));
        let mut open = Vec::new();
        'value: loop {
            match s.value()? {
                Token::Array => {
                    open.push(b'[');
                    continue;
                }
                Token::Object => {
                    s.name(true)?;
                    open.push(b'{');
                    continue;
                }
                _ => {}
            }
            while let Some(bracket) = open.last() {
                if *bracket == b'[' {
                    if s.more_elements()? {
                        continue 'value;
                    }
                } else if s.more_members()? {
                    s.name(false)?;
                    continue 'value;
                }
                open.pop();
            }
            return s.end();
        }
    }

    #[test]
    fn faults_as_in_node() {
        let token =
            |t: &str, text: &str| format!("Unexpected token '{t}', {text} is not valid JSON");
        let at = |what: &str, n: usize| format!("{what} in JSON at position {n}");
        let end = || "Unexpected end of JSON input".to_owned();
        let cases = [
            ("", end()),
            ("{", at("Expected property name or '}'", 1)),
            ("[1", at("Expected ',' or ']' after array element", 2)),
            ("[1,", end()),
            ("[1,]", token("]", "\"[1,]\"")),
            ("{\"a\"", at("Expected ':' after property name", 4)),
            ("{\"a\":1,}", at("Expected double-quoted property name", 7)),
            (
                "{\"a\":1 \"b\":2}",
                at("Expected ',' or '}' after property value", 7),
            ),
            (
                "truex",
                "Unexpected non-whitespace character after JSON at position 4".to_owned(),
            ),
            ("tRue", token("R", "\"tRue\"")),
            ("nul", end()),
            ("\"abc", at("Unterminated string", 4)),
            ("\"abc\\", end()),
            ("\"a\nb\"", at("Bad control character in string literal", 2)),
            ("\"\\x\"", at("Bad escaped character", 2)),
            ("\"\\u12\"", at("Bad Unicode escape", 5)),
            ("-", at("No number after minus sign", 1)),
            ("1.", at("Unterminated fractional number", 2)),
            ("1e", at("Exponent part is missing a number", 2)),
            ("01", at("Unexpected number", 1)),
            ("NaN", "\"NaN\" is not valid JSON".to_owned()),
            (
                "{\"aaaaaaaaaaaaaaaaaaaaaaaaa\":x, \"bbbbbbbbbbbbbbbbbb\":1}",
                token("x", "...\"aaaaaaaa\":x, \"bbbbbb\"..."),
            ),
        ];
        for (text, fault) in cases {
            assert_eq!(check(text), Err(fault), "{text}");
        }
        for text in [
            "[]",
            " {\"a\" : [1, -2.5e+3, {}] , \"\\u0041\":null}\n",
            "\"\"",
            "0",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }
}
