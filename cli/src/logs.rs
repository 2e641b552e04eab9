//! How the daemons' logs are written.

use std::cell::Cell;
use std::fmt::{self, Debug, Write};

use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::{Writer, debug_fn};

use crate::text::shown;

/// A message and its fields, on one line whatever others have written in them.
pub fn fields() -> impl for<'writer> FormatFields<'writer> + 'static {
    Fields
}

struct Fields;

impl<'writer> FormatFields<'writer> for Fields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        let is_first = Cell::new(true);
        let each = debug_fn(|out, field, value| write_field(out, &is_first, field.name(), value));
        each.format_fields(writer, fields)
    }
}

/// Writes a field, after a blank unless it is the first: one that is left out leaves none.
fn write_field(out: &mut dyn Write, is_first: &Cell<bool>, name: &str, value: &dyn Debug) -> fmt::Result {
    // What the `log` crate says about an event is in its head already.
    if name.starts_with("log.") {
        return Ok(());
    }
    if !is_first.replace(false) {
        out.write_char(' ')?;
    }
    let value = format!("{value:?}");
    match name {
        "message" => write!(out, "{}", shown(&value)),
        name => write!(out, "{name}={}", shown(&value)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, write_field};

    fn written(fields: &[(&str, &str)]) -> String {
        let (mut out, is_first) = (String::new(), Cell::new(true));
        for (name, text) in fields {
            write_field(&mut out, &is_first, name, &format_args!("{text}")).expect("a string takes it");
        }
        out
    }

    #[test]
    fn what_others_have_written_stays_on_its_line() {
        let hostile = "x.json: field `\u{1b}[2K\r\nDUE: valid\u{202e}`";
        let escaped = r"x.json: field `\u{1b}[2K\r\nDUE: valid\u{202e}`";
        assert_eq!(written(&[("message", hostile)]), escaped);
        assert_eq!(written(&[("error", hostile)]), format!("error={escaped}"));
        assert_eq!(written(&[("log.target", hostile)]), "");
    }

    #[test]
    fn there_is_one_blank_between_fields() {
        let (target, line) = (("log.target", "iroh"), ("log.line", "7"));
        assert_eq!(written(&[("message", "said"), target, line, ("peer", "x")]), "said peer=x");
        assert_eq!(written(&[target, ("message", "said"), line]), "said");
        assert_eq!(written(&[("epoch", "3"), ("peer", "x")]), "epoch=3 peer=x");
    }
}
