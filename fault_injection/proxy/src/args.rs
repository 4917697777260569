//! The command line.

use std::net::SocketAddr;

/// The text of `--help`.
pub const USAGE: &str = "usage: gonogo-proxy [--control HOST:PORT] [--seed N] [--die-with-parent]

  --control HOST:PORT  address of the control API; port 0 takes a free one (default: 127.0.0.1:0)
  --seed N             seed of the random decisions of toxics (default: drawn, and printed)
  --die-with-parent    exit when standard input closes

One JSON line on standard output gives the address of the control API and the seed.";

/// The options of the command line.
#[derive(Debug, PartialEq, Eq)]
pub struct Args {
    /// Address of the control API.
    pub control: SocketAddr,
    /// Seed of the random decisions of toxics.
    pub seed: Option<u64>,
    /// Whether to exit when standard input closes.
    pub die_with_parent: bool,
}

impl Args {
    /// Parse the words after the program's name.
    ///
    /// # Errors
    /// Names the word that is wrong.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut words = words.into_iter();
        let mut args = Self {
            control: SocketAddr::from(([127, 0, 0, 1], 0)),
            seed: None,
            die_with_parent: false,
        };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--control" => args.control = value(&word, words.next())?,
                "--seed" => args.seed = Some(value(&word, words.next())?),
                "--die-with-parent" => args.die_with_parent = true,
                _ => return Err(format!("unknown option {word:?}; see --help")),
            }
        }
        Ok(args)
    }
}

fn value<T: std::str::FromStr>(option: &str, given: Option<String>) -> Result<T, String> {
    let text = given.ok_or_else(|| format!("{option} needs a value"))?;
    text.parse().map_err(|_| format!("{option} does not accept {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::Args;

    fn parse(line: &str) -> Result<Args, String> {
        Args::parse(line.split_whitespace().map(str::to_owned))
    }

    /// Each option sets its field.
    #[test]
    fn every_option_is_read() {
        let args = parse("--control 127.0.0.1:8474 --seed 7 --die-with-parent").unwrap();
        assert_eq!(args.control.port(), 8474);
        assert_eq!((args.seed, args.die_with_parent), (Some(7), true));
    }

    /// An error names the option, and the value that is wrong.
    #[test]
    fn errors_name_what_is_wrong() {
        assert_eq!(parse("--sed 7").unwrap_err(), "unknown option \"--sed\"; see --help");
        assert_eq!(parse("--seed x").unwrap_err(), "--seed does not accept \"x\"");
        assert_eq!(parse("--control").unwrap_err(), "--control needs a value");
    }
}
