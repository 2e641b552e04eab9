//! Other texts that a lenient reader takes for a document: each of them leaves two programs with two contents.

use alloc::{format, string::String, vec::Vec};

use crate::document::{Document, DocumentError};

/// A document's text, changed in one place.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Where, as errors name it.
    pub place: String,
    /// The whole text.
    pub json: String,
}

/// All changes of a document's text: each object as the array of its values, each field twice, each string as the
/// name of a `null`.
///
/// # Panics
/// If this is not JSON.
pub fn other_readings(json: &str) -> Vec<Reading> {
    let mut scan = Scan { json, at: 0, found: Vec::new() };
    scan.value(".");
    scan.found
}

/// Asserts that a document is read, and none of its [`other_readings`], each refused by the name of its place.
///
/// # Panics
/// When that is not so.
pub fn has_one_reading<T: Document>(json: &[u8]) {
    let json = core::str::from_utf8(json).expect("documents are text");
    assert!(T::from_json(json.as_bytes()).is_ok(), "{} is refused as it is", T::FORMAT);
    let readings = other_readings(json);
    assert!(readings.len() > 5, "{} readings of {}", readings.len(), T::FORMAT);
    for Reading { place, json } in readings {
        match T::from_json(json.as_bytes()) {
            // An enum's errors go on with the variant.
            Err(DocumentError::Malformed { field, .. })
                if field == place || field.starts_with(&format!("{place}.")) => {}
            Err(error) => panic!("{}, at {place}: {error}", T::FORMAT),
            Ok(_) => panic!("{}: another reading is accepted at {place}: {json}", T::FORMAT),
        }
    }
}

/// Reads JSON and notes changes of it.
struct Scan<'a> {
    json: &'a str,
    at: usize,
    found: Vec<Reading>,
}

impl<'a> Scan<'a> {
    /// The text of the value that comes next.
    fn value(&mut self, place: &str) -> &'a str {
        self.space();
        let start = self.at;
        match self.byte() {
            b'{' => self.object(place),
            b'[' => self.list(place),
            b'"' => {
                let text = self.string();
                self.note(place, start, self.at, &format!("{{{text}: null}}"));
            }
            _ => {
                let rest = &self.json[start..];
                self.at += rest.find([',', ']', '}', ' ', '\n']).unwrap_or(rest.len());
            }
        }
        &self.json[start..self.at]
    }

    fn object(&mut self, place: &str) {
        let start = self.at;
        let mut fields = Vec::new();
        self.at += 1;
        while self.goes_on(b'}') {
            let key = self.string();
            self.space();
            assert_eq!(self.byte(), b':');
            self.at += 1;
            let name = key.trim_matches('"');
            let place = if place == "." { name.into() } else { format!("{place}.{name}") };
            fields.push((key, self.value(&place)));
        }
        let values: Vec<&str> = fields.iter().map(|(_, value)| *value).collect();
        self.note(place, start, self.at, &format!("[{}]", values.join(", ")));
        for (key, value) in fields {
            self.note(place, start, start + 1, &format!("{{{key}: {value}, "));
        }
    }

    fn list(&mut self, place: &str) {
        self.at += 1;
        let mut items = 0;
        while self.goes_on(b']') {
            self.value(&format!("{place}[{items}]"));
            items += 1;
        }
    }

    /// Whether another entry comes before `end`, which is stepped over.
    fn goes_on(&mut self, end: u8) -> bool {
        self.space();
        if self.byte() == b',' {
            self.at += 1;
            self.space();
        }
        let ends = self.byte() == end;
        self.at += usize::from(ends);
        !ends
    }

    /// A string with its quotes.
    fn string(&mut self) -> &'a str {
        let start = self.at;
        assert_eq!(self.byte(), b'"');
        loop {
            self.at += 1;
            match self.byte() {
                b'\\' => self.at += 1,
                b'"' => break,
                _ => {}
            }
        }
        self.at += 1;
        &self.json[start..self.at]
    }

    fn space(&mut self) {
        while self.json.as_bytes().get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn byte(&self) -> u8 {
        self.json.as_bytes()[self.at]
    }

    fn note(&mut self, place: &str, from: usize, to: usize, instead: &str) {
        let json = format!("{}{instead}{}", &self.json[..from], &self.json[to..]);
        self.found.push(Reading { place: place.into(), json });
    }
}
