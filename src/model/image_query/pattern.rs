//! Text with `*` (any characters) and `?` (one), whatever the case.

/// A pattern. `fits` is the one place where it is understood.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    lower: String,
    reach: Reach,
}

/// How much of a text a pattern without `*` has to cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Reach {
    Whole,
    Part,
}

impl Pattern {
    /// Fits a text as a whole.
    #[must_use]
    pub fn whole(text: &str) -> Self {
        Self { lower: text.to_lowercase(), reach: Reach::Whole }
    }

    /// Fits a text that has this in it; with `*` or `?`, a text as a whole.
    #[must_use]
    pub fn part(text: &str) -> Self {
        let lower = text.to_lowercase();
        let reach = if lower.contains(['*', '?']) { Reach::Whole } else { Reach::Part };
        Self { lower, reach }
    }

    /// Whether a text is like that.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        match self.reach {
            Reach::Part => text.contains(&self.lower),
            Reach::Whole => glob(&self.lower, &text),
        }
    }
}

/// In time proportional to the product of the lengths, whatever the pattern: the last `*` alone is tried again.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                None => return false,
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, text, fits) in [
            ("*.png", "A.PNG", true),
            ("*.png", "a.png.jpg", false),
            ("a*b*c", "aXbbYc", true),
            ("a*b*c", "aXcYb", false),
            ("?", "é", true),
            ("?", "", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("**a**", "bab", true),
        ] {
            assert_eq!(Pattern::whole(pattern).fits(text), fits, "{pattern} on {text:?}");
        }
    }

    #[test]
    fn a_part_of_a_name_is_enough_unless_there_is_a_star() {
        assert!(Pattern::part("oin").fits("Coins.jpg"), "in the middle");
        assert!(!Pattern::part("oin*").fits("Coins.jpg"), "with a star it is the whole name");
        assert!(!Pattern::whole("coin").fits("coins"), "the whole name");
    }

    #[test]
    fn a_bad_pattern_takes_no_time() {
        let text = "a".repeat(5_000);
        assert!(!Pattern::whole(&format!("{}b", "a*".repeat(50))).fits(&text), "no match, and an answer");
    }
}
