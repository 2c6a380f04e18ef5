//! Finding by a few letters: every word of the search must occur in the text as letters in order; letters at the
//! beginnings of words and letters that follow one another count more.

/// What a letter counts.
const LETTER: i32 = 1;
/// More where it begins a word.
const WORD_START: i32 = 8;
/// More where it follows the letter before it.
const IN_A_ROW: i32 = 5;
/// Less for every letter that is passed over, up to a limit.
const GAP: i32 = -1;
const WORST_GAP: i32 = -6;
/// More where the text begins with the word.
const BEGINNING: i32 = 6;

/// How well `search` finds `text`: the more the better; `None` where it does not. An empty search finds everything alike.
#[must_use]
pub fn score(text: &str, search: &str) -> Option<i32> {
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    search.split_whitespace().try_fold(0, |sum, word| Some(sum + word_score(&text, word)?))
}

/// The best of all the ways in which the letters of a word occur in order: a table of one row a letter.
fn word_score(text: &[char], word: &str) -> Option<i32> {
    let mut best: Vec<Option<i32>> = vec![None; text.len()];
    for (nth, letter) in word.chars().flat_map(char::to_lowercase).enumerate() {
        let mut row = vec![None; text.len()];
        // The best way to have placed the letters before, seen from here: it gets worse with the distance.
        let mut carried: Option<i32> = None;
        for at in 0..text.len() {
            let in_a_row = at.checked_sub(1).and_then(|before| best[before]).map(|s| s + IN_A_ROW);
            let before = if nth == 0 { Some(if at == 0 { BEGINNING } else { 0 }) } else { in_a_row.max(carried) };
            if text[at] == letter
                && let Some(before) = before
            {
                let starts = at == 0 || !text[at - 1].is_alphanumeric();
                row[at] = Some(before + LETTER + if starts { WORD_START } else { 0 });
            }
            let here = at.checked_sub(1).and_then(|before| best[before]);
            carried = carried.map(|s| s + GAP).max(here.map(|s| s + GAP)).max(row_floor(&best, at));
        }
        best = row;
    }
    best.into_iter().flatten().max()
}

/// However far away, a letter counts no less than this below the best before it.
fn row_floor(best: &[Option<i32>], at: usize) -> Option<i32> {
    best[..at].iter().flatten().max().map(|s| s + WORST_GAP)
}

#[cfg(test)]
mod tests {
    use super::score;

    #[test]
    fn letters_in_order_find_and_others_do_not() {
        assert!(score("Next unlabelled image", "nxun").is_some(), "a few letters are enough");
        assert!(score("Next unlabelled image", "image next").is_some(), "words in any order");
        assert_eq!(score("Undo", "od"), None, "letters in order");
        assert_eq!(score("Undo", "undoo"), None, "not more letters than there are");
        assert_eq!(score("", "a"), None, "nothing finds nothing");
        assert_eq!(score("Undo", "  "), Some(0), "an empty search finds all alike");
    }

    #[test]
    fn beginnings_of_words_and_runs_of_letters_come_first() {
        let better = |good: &str, other: &str, search: &str| {
            let (a, b) = (score(good, search), score(other, search));
            assert!(a > b, "{good} ({a:?}) before {other} ({b:?}) for {search}");
        };
        better("Zoom in", "Next unlabelled image", "in");
        better("Fit selection", "Offline status", "fs");
        better("Select", "Fit selection", "sel");
        better("Undo decision", "Undo", "un dec");
    }

    #[test]
    fn case_and_accents_of_other_scripts_do_not_break_it() {
        assert!(score("Größe ändern", "GRÖ").is_some(), "case is folded");
        assert!(score("İstanbul", "i").is_some(), "letters that fold to two");
    }
}
