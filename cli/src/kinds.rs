//! Kinds of claims on the command line: their names, as values of options and as subcommands.

use clap::{
    ArgMatches, Args, Command, Error, FromArgMatches, Subcommand,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
    error::ErrorKind,
};
use popw_core::claim::Kind;

/// What commands and pages call a kind, or a part, that documents call `id`.
pub fn word(id: &'static str) -> &'static str {
    if id == Kind::Possession.id() { "storage" } else { id }
}

/// The kind of either name.
pub fn find(name: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| [kind.id(), word(kind.id())].contains(&name))
}

/// What errors call the input of a proof.
pub const fn input(kind: Kind) -> &'static str {
    match kind {
        Kind::Uptime => "uptime input",
        Kind::Possession => "storage input",
        Kind::Bandwidth => "bandwidth input",
        Kind::Work => "work input",
    }
}

/// Every kind as the value of an option.
pub fn values() -> impl Iterator<Item = PossibleValue> {
    Kind::ALL.into_iter().map(|kind| {
        let help = match kind {
            Kind::Uptime => "Slots in which the device answered its witnesses",
            Kind::Possession => "Sectors that the device could read",
            Kind::Bandwidth => "Bytes served to paying clients, and the rate",
            Kind::Work => "All of it in one proof",
        };
        let name = word(kind.id());
        PossibleValue::new(name).aliases((name != kind.id()).then(|| kind.id())).help(help)
    })
}

/// Takes one of [`values`].
pub fn parser() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(values()).map(|name| find(&name).expect("one of the values"))
}

/// Arguments that a command has for every kind of claim.
pub trait KindArgs: Args {
    /// What the command does for this kind, in its help.
    fn about(kind: Kind) -> &'static str;
}

/// A subcommand for every kind of claim.
pub struct PerKind<A> {
    /// The one that was given.
    pub kind: Kind,
    /// Its arguments.
    pub args: Box<A>,
}

impl<A: KindArgs> FromArgMatches for PerKind<A> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = matches.subcommand().and_then(|(name, matches)| Some((find(name)?, matches)));
        let Some((kind, matches)) = given else {
            return Err(Error::raw(ErrorKind::MissingSubcommand, "a kind of claim is required"));
        };
        Ok(Self { kind, args: Box::new(A::from_arg_matches(matches)?) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<A: KindArgs> Subcommand for PerKind<A> {
    fn augment_subcommands(command: Command) -> Command {
        let of_kind = |kind: Kind| A::augment_args(Command::new(word(kind.id()))).about(A::about(kind));
        command.subcommands(Kind::ALL.map(of_kind))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        Kind::ALL.iter().any(|kind| word(kind.id()) == name)
    }
}
