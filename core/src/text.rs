//! Text that others have written, as it can be shown to people.

use core::fmt;

/// Whether a character does something else than be seen: moves the cursor, colours or hides what follows, turns the
/// direction of reading, or takes no room.
pub fn is_active(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Displays text with its active characters written out, as `\n` or `\u{1b}`.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    text: &'a str,
    keep_lines: bool,
}

/// Text on one line. See [`is_active`] for what is written out.
pub const fn shown(text: &str) -> Shown<'_> {
    Shown { text, keep_lines: false }
}

/// Text of several lines: line feeds stay, everything else is as in [`shown`].
pub const fn shown_lines(text: &str) -> Shown<'_> {
    Shown { text, keep_lines: true }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written_out = |c: char| is_active(c) && !(self.keep_lines && c == '\n');
        let mut rest = self.text;
        while let Some(at) = rest.find(written_out) {
            let (before, from) = rest.split_at(at);
            f.write_str(before)?;
            let mut chars = from.chars();
            if let Some(c) = chars.next() {
                write!(f, "{}", c.escape_default())?;
            }
            rest = chars.as_str();
        }
        f.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn what_acts_is_written_out_and_the_rest_is_left() {
        let hostile = "\u{1b}[2K\rDUE\n\u{9b}1A\u{7f}\u{202e}x\u{2066}\u{200b}\u{2028}\u{feff}\u{e0041}";
        let written = r"\u{1b}[2K\rDUE\n\u{9b}1A\u{7f}\u{202e}x\u{2066}\u{200b}\u{2028}\u{feff}\u{e0041}";
        assert_eq!(shown(hostile).to_string(), written);
        assert_eq!(shown_lines("a\nb\r\n").to_string(), "a\nb\\r\n");
        let harmless = r#"Gärten "3" – 数 – C:\new… 🙂"#;
        assert_eq!(shown(harmless).to_string(), harmless);
    }

    proptest! {
        #[test]
        fn nothing_active_is_left(text: alloc::string::String) {
            prop_assert!(!shown(&text).to_string().contains(is_active));
            prop_assert!(!shown_lines(&text).to_string().contains(|c: char| is_active(c) && c != '\n'));
        }
    }
}
