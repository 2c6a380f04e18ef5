//! Names of concepts: which can be, and how any looks.

use crate::model::ConceptId;

/// Characters of a concept's name, at most.
const NAME_MAX: usize = 128;
/// Characters of a name that are shown.
const SHOWN_MAX: usize = 60;

/// A new concept's id from what a person typed.
///
/// # Errors
/// In a sentence, where it cannot be one.
pub fn concept_id_from(text: &str) -> Result<ConceptId, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("A concept needs a name".to_owned());
    }
    let length = text.chars().count();
    if length > NAME_MAX {
        return Err(format!(
            "That name has {length} characters, and at most {NAME_MAX} are possible; nothing was made. Shorten it"
        ));
    }
    if let Some(odd) = text.chars().find(|c| is_unseen(*c)) {
        return Err(format!(
            "The name has a character that cannot be seen ({}); nothing was made. Take it out",
            glyph(odd)
        ));
    }
    Ok(ConceptId(text.to_owned()))
}

/// Control characters, those that turn the direction of text, and those without any width.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{061C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}'
        )
}

/// What stands for a character that cannot be seen.
fn glyph(c: char) -> String {
    format!("‹U+{:04X}›", u32::from(c))
}

/// A name as it is shown: what cannot be seen, made visible; long ones cut.
#[must_use]
pub fn shown(name: &str) -> String {
    let mut text = String::new();
    for (i, c) in name.chars().enumerate() {
        if i == SHOWN_MAX {
            text.push('…');
            break;
        }
        if is_unseen(c) { text.push_str(&glyph(c)) } else { text.push(c) }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_shown_as_what_it_is() {
        assert_eq!(shown("a\u{202E}b\nc\u{200B}"), "a‹U+202E›b‹U+000A›c‹U+200B›", "bidi, control and no width");
        assert_eq!(shown("Katze 猫 قطة"), "Katze 猫 قطة", "letters of any script stay");
    }

    #[test]
    fn a_long_name_is_cut_when_shown_and_refused_when_made() {
        let long = "x".repeat(10_000);
        assert_eq!(shown(&long).chars().count(), 61, "sixty and an ellipsis");
        let said = concept_id_from(&long).expect_err("too long");
        assert!(said.contains("10000") && said.contains("128") && said.contains("nothing was made"), "{said}");
    }

    #[test]
    fn a_name_that_would_look_like_another_is_refused() {
        for odd in ["cat\u{200D}dog", "a\u{202E}b", "tab\there", "\u{FEFF}cat"] {
            let said = concept_id_from(odd).expect_err(odd);
            assert!(said.contains("U+"), "it says which: {said}");
        }
        assert_eq!(concept_id_from("  猫 "), Ok(ConceptId::from("猫")), "anything that can be read is fine");
        assert!(concept_id_from(" \t").is_err(), "nothing is no name");
    }
}
