//! Tokens: 16 bytes, `Copy`, compared by kind only.
//!
//! The list of kinds is written once, in groups: words that can never be names,
//! words that are names unless the grammar at hand says otherwise, and
//! punctuation. `<` and `>` are always tokens of their own (`<<`, `>>`, `>=` and so
//! on are joined by the expression parser), because type arguments end in them.
//! The last token of a file is `Eof`, and only the last.

use crate::span::Span;

/// A token.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// A line end lies between the previous token and this one.
    pub nl_before: bool,
    /// The literal holds a backslash, so that its text is not its value.
    pub escaped: bool,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset past the last byte.
    pub end: u32,
    /// Index of the matching bracket, or `NO_MATE`. Of a template's middle piece:
    /// the piece after it.
    pub mate: u32,
}

/// `Token::mate` of what is no bracket, or has no partner.
pub const NO_MATE: u32 = u32::MAX;

impl Token {
    /// A pattern for a kind; positions mean nothing.
    pub const fn of(kind: TokenKind) -> Self {
        Self {
            kind,
            nl_before: false,
            escaped: false,
            start: 0,
            end: 0,
            mate: NO_MATE,
        }
    }

    /// Where it stands.
    #[inline]
    pub const fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

impl PartialEq for Token {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Eq for Token {}

macro_rules! token_kinds {
    (
        literals { $($literal:ident $literal_text:literal,)* }
        reserved { $($reserved:ident $reserved_text:literal,)* }
        contextual { $($contextual:ident $contextual_text:literal,)* }
        punctuation { $($punct:ident $punct_text:literal,)* }
    ) => {
        /// The kinds of tokens.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        #[repr(u8)]
        pub enum TokenKind {
            $(#[doc = $literal_text] $literal,)*
            $(#[doc = concat!("`", $reserved_text, "`")] $reserved,)*
            $(#[doc = concat!("`", $contextual_text, "`")] $contextual,)*
            $(#[doc = concat!("`", $punct_text, "`")] $punct,)*
        }

        impl TokenKind {
            /// Every kind, in the order of its number.
            pub const ALL: &'static [TokenKind] = &[
                $(TokenKind::$literal,)*
                $(TokenKind::$reserved,)*
                $(TokenKind::$contextual,)*
                $(TokenKind::$punct,)*
            ];

            /// The words of the language.
            const WORDS: &'static [TokenKind] =
                &[$(TokenKind::$reserved,)* $(TokenKind::$contextual,)*];

            /// The token's text, or for a literal a description of it.
            pub const fn text(self) -> &'static str {
                match self {
                    $(TokenKind::$literal => $literal_text,)*
                    $(TokenKind::$reserved => $reserved_text,)*
                    $(TokenKind::$contextual => $contextual_text,)*
                    $(TokenKind::$punct => $punct_text,)*
                }
            }

            /// A word that can never be the name of something.
            #[inline]
            pub const fn is_reserved(self) -> bool {
                const FIRST: u8 = [$(TokenKind::$reserved),*][0] as u8;
                const COUNT: u8 = [$(TokenKind::$reserved),*].len() as u8;
                (self as u8).wrapping_sub(FIRST) < COUNT
            }

            /// A word with a meaning in some places only.
            #[inline]
            pub const fn is_contextual(self) -> bool {
                const FIRST: u8 = [$(TokenKind::$contextual),*][0] as u8;
                const COUNT: u8 = [$(TokenKind::$contextual),*].len() as u8;
                (self as u8).wrapping_sub(FIRST) < COUNT
            }

            /// The kind of the word `text`.
            pub(crate) fn of_word(text: &str) -> TokenKind {
                match text {
                    $($reserved_text => TokenKind::$reserved,)*
                    $($contextual_text => TokenKind::$contextual,)*
                    _ => TokenKind::Ident,
                }
            }
        }
    };
}

token_kinds! {
    literals {
        Eof "end of file",
        Invalid "invalid text",
        Ident "name",
        PrivateName "private name",
        Number "number",
        BigInt "bigint literal",
        String "string",
        TemplateWhole "template string",
        TemplateHead "template string",
        TemplateMiddle "template string after `}`",
        TemplateTail "end of the template string",
        Regex "regular expression",
    }
    reserved {
        Await "await", Break "break", Case "case", Catch "catch", Class "class",
        Const "const", Continue "continue", Debugger "debugger", Default "default",
        Delete "delete", Do "do", Else "else", Enum "enum", Export "export",
        Extends "extends", False "false", Finally "finally", For "for",
        Function "function", If "if", Implements "implements", Import "import", In "in",
        Instanceof "instanceof", Interface "interface", Let "let", New "new",
        Null "null", Package "package", Private "private", Protected "protected",
        Public "public", Return "return", Static "static", Super "super",
        Switch "switch", This "this", Throw "throw", True "true", Try "try",
        Typeof "typeof", Var "var", Void "void", While "while", With "with",
        Yield "yield",
    }
    contextual {
        Abstract "abstract", Accessor "accessor", As "as", Asserts "asserts",
        Async "async", Declare "declare", From "from", Get "get", Global "global",
        Infer "infer", Is "is", Keyof "keyof", Module "module", Namespace "namespace",
        Of "of", Out "out", Override "override", Readonly "readonly",
        Satisfies "satisfies", Set "set", Type "type", Unique "unique", Using "using",
    }
    punctuation {
        LParen "(", RParen ")", LBracket "[", RBracket "]", LBrace "{", RBrace "}",
        Comma ",", Semi ";", Colon ":", Dot ".", DotDotDot "...", QuestionDot "?.",
        Arrow "=>", Question "?", At "@",
        Lt "<", Gt ">", LtEq "<=",
        EqEq "==", NotEq "!=", EqEqEq "===", NotEqEq "!==",
        Plus "+", Minus "-", Star "*", Slash "/", Percent "%", StarStar "**",
        PlusPlus "++", MinusMinus "--", Bang "!", Tilde "~",
        Amp "&", Pipe "|", Caret "^", AmpAmp "&&", PipePipe "||", QuestionQuestion "??",
        Eq "=", PlusEq "+=", MinusEq "-=", StarEq "*=", SlashEq "/=", PercentEq "%=",
        StarStarEq "**=", AmpEq "&=", PipeEq "|=", CaretEq "^=", AmpAmpEq "&&=",
        PipePipeEq "||=", QuestionQuestionEq "??=",
    }
}

impl TokenKind {
    /// Whether the token may be the name of a variable, function or type.
    #[inline]
    pub const fn is_identifier(self) -> bool {
        matches!(self, TokenKind::Ident) || self.is_contextual()
    }

    /// Whether the token may stand after a dot or as a property key.
    #[inline]
    pub const fn is_word(self) -> bool {
        matches!(self, TokenKind::Ident) || self.is_contextual() || self.is_reserved()
    }

    /// The text in backquotes, or the description of a literal.
    pub fn describe(self) -> String {
        if self.is_reserved() || self.is_contextual() || self as u8 >= TokenKind::LParen as u8 {
            format!("`{}`", self.text())
        } else {
            self.text().to_owned()
        }
    }

    /// The word of the language that `text` was perhaps meant to be.
    pub(crate) fn words() -> &'static [TokenKind] {
        Self::WORDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_small() {
        assert_eq!(size_of::<Token>(), 16);
        assert!(TokenKind::ALL.len() < 180);
    }

    #[test]
    fn groups_are_told_apart() {
        assert!(TokenKind::Await.is_reserved() && TokenKind::Yield.is_reserved());
        assert!(!TokenKind::Abstract.is_reserved() && !TokenKind::Regex.is_reserved());
        assert!(TokenKind::Using.is_identifier() && !TokenKind::LParen.is_word());
        for &kind in TokenKind::words() {
            assert_eq!(TokenKind::of_word(kind.text()), kind);
        }
    }
}
