//! How the daemons' logs are written.

use std::fmt::{self, Debug, Write};

use tracing_subscriber::field::delimited::Delimited;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::debug_fn;

use crate::text::shown;

/// A message and its fields, on one line whatever others have written in them.
pub fn fields() -> impl for<'writer> FormatFields<'writer> + 'static {
    Delimited::new(" ", debug_fn(|writer, field, value| write_field(writer, field.name(), value)))
}

fn write_field(out: &mut dyn Write, name: &str, value: &dyn Debug) -> fmt::Result {
    let value = format!("{value:?}");
    match name {
        "message" => write!(out, "{}", shown(&value)),
        // What the `log` crate says about an event is in its head already.
        name if name.starts_with("log.") => Ok(()),
        name => write!(out, "{name}={}", shown(&value)),
    }
}

#[cfg(test)]
mod tests {
    use super::write_field;

    #[test]
    fn what_others_have_written_stays_on_its_line() {
        let written = |name, text: &str| {
            let mut out = String::new();
            write_field(&mut out, name, &format_args!("{text}")).expect("a string takes it");
            out
        };
        let hostile = "x.json: field `\u{1b}[2K\r\nDUE: valid\u{202e}`";
        let escaped = r"x.json: field `\u{1b}[2K\r\nDUE: valid\u{202e}`";
        assert_eq!(written("message", hostile), escaped);
        assert_eq!(written("error", hostile), format!("error={escaped}"));
        assert_eq!(written("log.target", hostile), "");
    }
}
