//! How values are written for people: times, accounts, keys, odds, tables, and what others have written.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use popw_core::eddsa::PublicKey;
use popw_core::text::is_active;
use popw_core::{Fr, field};

pub use popw_core::text::{shown, shown_lines};

/// The system's clock, Unix milliseconds.
pub fn now_unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A moment, as `2026-03-01 12:00:00 UTC`; milliseconds only when there are some.
pub fn moment(unix_ms: u64) -> String {
    let Some(time) = UNIX_EPOCH.checked_add(Duration::from_millis(unix_ms)).filter(|_| unix_ms < YEAR_9999)
    else {
        return format!("{unix_ms} ms after 1970");
    };
    let text = if unix_ms.is_multiple_of(1000) {
        humantime::format_rfc3339_seconds(time).to_string()
    } else {
        humantime::format_rfc3339_millis(time).to_string()
    };
    format!("{} UTC", text.trim_end_matches('Z').replace('T', " "))
}

const YEAR_9999: u64 = 253_370_764_800_000;

/// A length of time, as `1h 30m`.
pub fn span(ms: u64) -> String {
    humantime::format_duration(Duration::from_millis(ms)).to_string()
}

/// An account: an EVM address in hex, other accounts as the number that enters leaves.
pub fn account(account: &Fr) -> String {
    let bytes = field::to_be_bytes(account);
    match bytes.split_at(12) {
        (high, address) if high.iter().all(|byte| *byte == 0) => format!("0x{}", hex::encode(address)),
        _ => field::to_decimal(account),
    }
}

/// A short name of a public key: the first hex digits of its x.
pub fn key(key: &PublicKey) -> String {
    format!("{}…", hex::encode(&field::to_be_bytes(&key.point.x)[..5]))
}

/// A number of things, as `1 device` or `2 devices`.
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// A probability in per cent, with two significant digits.
pub fn percent(probability: f64) -> String {
    let percent = probability * 100.0;
    match percent {
        p if p <= 0.0 => "0 %".into(),
        p if p < 0.001 => "< 0.001 %".into(),
        p if p < 0.1 => format!("{p:.3} %"),
        p if p < 10.0 => format!("{p:.1} %"),
        p if p < 99.0 => format!("{p:.0} %"),
        // Never rounded up to certainty.
        p if p < 99.99 => format!("{:.2} %", (p * 100.0).floor() / 100.0),
        _ => "> 99.99 %".into(),
    }
}

/// Bytes from a number and a unit: `300M` is 300 MiB.
///
/// # Errors
/// What is wrong with it.
pub fn parse_bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let shift = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        _ => return Err("not a size such as 300M or 2G".into()),
    };
    let number: u64 = digits.parse().map_err(|_| "not a size such as 300M or 2G")?;
    number.checked_mul(1 << shift).ok_or_else(|| "more memory than there is anywhere".into())
}

/// JSON whose text a terminal can take as well. What others have written is in its strings alone, where everything can be
/// an escape, so it stays the same value.
pub fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_active(c) && c != '\n' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out += &format!("\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Rows under headings, each column as wide as its widest entry, each entry on its line.
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|entry| shown(entry).to_string()).collect()).collect();
    let width = |column: usize| {
        let entries = rows.iter().filter_map(|row| row.get(column)).map(|entry| entry.chars().count());
        entries.chain([headings[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |entries: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = entries
            .zip(&widths)
            .map(|(entry, width)| {
                format!("{entry}{}", " ".repeat(width.saturating_sub(entry.chars().count())))
            })
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    let head = line(&mut headings.iter().copied());
    let body = rows.iter().map(|row| line(&mut row.iter().map(String::as_str)));
    [head].into_iter().chain(body).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_odds_read_well() {
        assert_eq!(moment(1_692_803_367_000), "2023-08-23 15:09:27 UTC");
        assert_eq!(moment(1_692_803_367_250), "2023-08-23 15:09:27.250 UTC");
        assert_eq!(moment(u64::MAX), format!("{} ms after 1970", u64::MAX));
        assert_eq!(percent(0.2), "20 %");
        assert_eq!(percent(0.009), "0.9 %");
        assert_eq!(percent(1e-9), "< 0.001 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(0.99788), "99.78 %");
        assert_eq!(percent(1.0 - 1e-9), "> 99.99 %");
        assert_eq!(percent(1.0), "> 99.99 %");
    }

    #[test]
    fn accounts_are_addresses_where_they_can_be() {
        assert_eq!(account(&Fr::from(258u64)), "0x0000000000000000000000000000000000000102");
        let other = popw_core::identity::account("cosmos:cosmoshub-3:cosmos1abc").expect("an account").fr();
        assert_eq!(account(&other), field::to_decimal(&other));
    }

    #[test]
    fn sizes_are_read_with_their_units() {
        let read = |text| parse_bytes(text).ok();
        assert_eq!(read("1024"), Some(1024));
        assert_eq!(
            (read("300M"), read("300mb"), read("300MiB")),
            (Some(300 << 20), read("300M"), read("300M"))
        );
        assert_eq!((read("2G"), read("7k")), (Some(2 << 30), Some(7 << 10)));
        for bad in ["", "M", "-1M", "1.5G", "300X", "3M0", "1 é", "99999999999G"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn tables_line_up() {
        let rows = vec![vec!["1".into(), "device".into()], vec!["12".into(), "é".into()]];
        assert_eq!(table(&["no", "role"], &rows), "no  role\n1   device\n12  é");
        let rows = vec![vec!["a\nb".into(), "c".into()]];
        assert_eq!(table(&["no", "role"], &rows), "no    role\na\\nb  c");
    }

    #[test]
    fn json_is_the_same_value_and_moves_no_cursor() {
        let value =
            serde_json::json!({ "n\u{202e}": ["a\u{1b}[2K\r\n", "\u{9b}1A\u{7f}\u{e0041}", "ü – 🙂 \\"] });
        for plain in [value.to_string(), serde_json::to_string_pretty(&value).expect("JSON")] {
            let written = json(&plain);
            assert!(!written.contains(|c: char| is_active(c) && c != '\n'), "{written:?}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&written).expect("JSON"), value);
        }
    }
}
