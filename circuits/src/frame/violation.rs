//! A clause by name.

/// A clause that does not hold. The name is the one constraints carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Violation {
    name: &'static str,
    text: &'static str,
}

impl Violation {
    pub(crate) const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text }
    }

    /// The clause's name in constraint paths.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// What is wrong when it fails.
    pub const fn text(self) -> &'static str {
        self.text
    }
}

/// Clauses, each a constant of [`Violation`], and the list of them in the order in which they are checked.
macro_rules! clauses {
    ($list:ident: $($clause:ident $name:literal $text:literal,)*) => {
        impl $crate::frame::Violation {
            $(#[doc = $text] pub const $clause: Self = Self::new($name, $text);)*
        }

        pub(crate) const $list: &[$crate::frame::Violation] = &[$($crate::frame::Violation::$clause,)*];
    };
}

pub(crate) use clauses;

impl core::fmt::Display for Violation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {}", self.name, self.text)
    }
}

impl core::error::Error for Violation {}
