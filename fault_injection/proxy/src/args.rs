//! The command line.

use std::net::SocketAddr;

/// How to call it.
pub const USAGE: &str = "usage: gonogo-proxy [--control HOST:PORT] [--seed N] [--die-with-parent]

  --control HOST:PORT  where the control API answers; port 0 takes a free one (127.0.0.1:0)
  --seed N             decides whom toxics hit; drawn and printed when absent
  --die-with-parent    end when standard input closes

One JSON line on standard output says where it listens.";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub struct Args {
    /// Where the control API answers.
    pub control: SocketAddr,
    /// Decides whom toxics hit.
    pub seed: Option<u64>,
    /// Whether to end when standard input closes.
    pub die_with_parent: bool,
}

impl Args {
    /// Read the words after the program's name.
    ///
    /// # Errors
    /// Says which word is wrong.
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
                _ => return Err(format!("there is no option {word:?}")),
            }
        }
        Ok(args)
    }
}

fn value<T: std::str::FromStr>(option: &str, given: Option<String>) -> Result<T, String> {
    let text = given.ok_or_else(|| format!("{option} needs a value"))?;
    text.parse().map_err(|_| format!("{option} cannot be {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::Args;

    fn parse(line: &str) -> Result<Args, String> {
        Args::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn every_option_is_read() {
        let args = parse("--control 127.0.0.1:8474 --seed 7 --die-with-parent").unwrap();
        assert_eq!(args.control.port(), 8474);
        assert_eq!((args.seed, args.die_with_parent), (Some(7), true));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(parse("--sed 7").unwrap_err(), "there is no option \"--sed\"");
        assert_eq!(parse("--seed x").unwrap_err(), "--seed cannot be \"x\"");
        assert_eq!(parse("--control").unwrap_err(), "--control needs a value");
    }
}
