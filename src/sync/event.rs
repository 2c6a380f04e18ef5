//! What the engine is told.

use super::merge::Side;
use super::record::{Record, Verb};
use crate::api::{self, StatusCode};
use crate::model::{Field, LocalId};
use std::collections::BTreeMap;

/// One thing that happened. The driver hands them over in the order in which they happened in the store.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// At start, and after [`Event::AccountSwitched`]: every record of the project that is not clean.
    Loaded(Vec<Record>),
    /// After that: nobody ever edited anything in this project, so that nothing of it was ever sent, and no read can be
    /// behind what was written before the start.
    NeverEdited,
    /// An edit is durable: the rows it touched, whole, as the store has them now.
    LocalEdit(Vec<Record>),
    /// Time has passed; asked for by [`super::Effect::WakeAt`].
    Tick,
    /// A commit is durable, but for the records in `stale`: those have a newer revision in the store than the one from
    /// which the update was computed (or are gone) and were left as they are.
    Committed {
        /// The commit's.
        token: u64,
        /// Refused by compare-and-set.
        stale: Vec<LocalId>,
    },
    /// What became of a write, a read-back or a probe.
    Answer {
        /// The call's.
        call_id: u64,
        /// What came.
        answer: Answer,
    },
    /// A page of a listing came ([`Answer`] says it where none came).
    Page {
        /// The call's.
        call_id: u64,
        /// As they came, but for those that are passed over.
        rows: Vec<api::Annotation>,
        /// Rows that came too and are nothing for this project: while there are any, the listing goes on.
        passed_over: Vec<super::Key>,
        /// The store's records of those `(input_id, id)`, clean ones too, read after the page came.
        known: Vec<Record>,
    },
    /// The answer to [`super::Effect::ListLocal`].
    LocalListing {
        /// The pull's.
        pull_id: u64,
        /// The store's records in that scope that the server should have ([`super::View::Present`]).
        records: Vec<Record>,
    },
    /// Fetch what others did.
    Pull(PullScope),
    /// Fetch no more for now; what came is taken in.
    StopPulling,
    /// There is a new key (or the old one once more).
    KeyChanged,
    /// Do not wait for a backoff; a server's `Retry-After` is still honoured.
    RetryNow,
    /// When to send.
    SendPolicy(SendPolicy),
    /// The person says so: what is unsent at this moment may go, also under [`SendPolicy::WhenISay`].
    SendNow,
    /// A conflict is decided.
    Resolve {
        /// Of this record.
        lid: LocalId,
        /// How.
        resolution: Resolution,
    },
    /// Try a refused record once more as it is.
    Retry {
        /// Which.
        lid: LocalId,
    },
    /// Give up what was refused: back to what the server has.
    Discard {
        /// Which.
        lid: LocalId,
    },
    /// Another project is shown: everything is forgotten, what is under way is left as unknown in its own store.
    AccountSwitched,
    /// Send nothing more; [`super::Effect::Stopped`] follows when nothing is under way.
    Shutdown,
}

/// Which part of the server's annotations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PullScope {
    /// All of the app.
    All,
    /// Those of these inputs.
    Inputs(Vec<String>),
}

/// When writes may leave. Reads always may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SendPolicy {
    /// Soon after the edit.
    #[default]
    AsEdited,
    /// On [`Event::SendNow`].
    WhenISay,
}

/// How a person decides a conflict. "Keep both" is an ordinary edit (add a copy of mine) made durable first, then
/// [`Resolution::Theirs`]: a crash between the two loses nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// What is wanted here, whole.
    Mine,
    /// What the server has, whole; if it was deleted there, it is deleted here.
    Theirs,
    /// Field by field; fields that are not named are merged as without a conflict, and if one of those clashes the
    /// conflict stays open. On a deletion on either side the same as [`Resolution::Mine`].
    Fields(BTreeMap<Field, Side>),
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Per item: an envelope with 10000, 10010, or 10020 with items.
    Items {
        /// The envelope.
        envelope: Envelope,
        /// In any order; some may be missing.
        items: Vec<Item>,
    },
    /// 10000 without items: all of a deletion, or a probe.
    Done,
    /// All that a read-back found; what was asked for and is not here is not there.
    Rows(Vec<api::Annotation>),
    /// Surely nothing was written: no connection came about.
    NotApplied {
        /// In a few words.
        reason: String,
    },
    /// Nobody knows: timeout, reset, 5xx, an answer that cannot be read.
    Unknown {
        /// In a few words.
        reason: String,
    },
    /// 429 or 11005: nothing was written.
    Throttled {
        /// `Retry-After` in milliseconds from now.
        retry_after_ms: Option<i64>,
    },
    /// The key is refused (401, 403, 11000..11002, 11006..11009): nothing was written.
    Auth {
        /// For the person.
        reason: String,
    },
    /// The whole call is refused without items (400, 404 …), for what it contains.
    Refused(Refusal),
    /// The whole call is too large (413, 40033).
    TooLarge(Refusal),
    /// What answers there is no annotations API (a redirect, a page).
    Misconfigured {
        /// For the person.
        reason: String,
    },
}

/// Why something was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The API's code.
    pub code: StatusCode,
    /// Description and details.
    pub reason: String,
    /// To quote to the operator of the server.
    pub req_id: String,
}

/// What the envelope said of the items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope {
    /// 10000.
    Success,
    /// Anything else with items.
    Mixed,
}

/// One item of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its id.
    pub sid: String,
    /// Its own status: of the annotation if it was written, else why it was not.
    pub code: StatusCode,
    /// Description and details.
    pub reason: String,
    /// To quote to the operator of the server; empty where there is none.
    pub req_id: String,
    /// The annotation as it came back.
    pub annotation: Option<Box<api::Annotation>>,
}

/// What an item's status means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Written.
    Written,
    /// Not written, the server asks to try again.
    TryAgain,
    /// Not known; read back.
    Unknown,
    /// There is one with that id.
    Duplicate,
    /// There is none with that id.
    NotFound,
    /// This item will be refused again.
    Refused,
}

/// Sorts an item's status. What proves nothing is [`Verdict::Unknown`].
pub(crate) fn verdict(verb: Verb, envelope: Envelope, code: StatusCode, reason: &str) -> Verdict {
    if let Some(verdict) = verdict_of_refusal(verb, code, reason) {
        return verdict;
    }
    match (code.0, envelope) {
        (10_000 | 24_150 | 24_151 | 24_157..=24_159 | 24_250 | 24_251, _) | (_, Envelope::Success) => Verdict::Written,
        (10_030 | 11_003..=11_005 | 39_997 | 39_998, Envelope::Mixed) => Verdict::TryAgain,
        _ => Verdict::Unknown,
    }
}

/// What a status that refuses means; none for one that does not.
pub(crate) fn verdict_of_refusal(verb: Verb, code: StatusCode, reason: &str) -> Option<Verdict> {
    let says = |words: &str| reason.to_ascii_lowercase().contains(words);
    let refuses = matches!(code.0, 11_100..=11_103 | 24_152 | 24_154..=24_156 | 24_252 | 30_100..=30_106 | 39_999)
        || matches!(code.0, 40_002 | 40_003 | 40_033);
    match verb {
        Verb::Post if matches!(code.0, 40_010 | 40_017) => Some(Verdict::Duplicate),
        Verb::Post if refuses && (says("duplicate") || says("already exist")) => Some(Verdict::Duplicate),
        Verb::Patch | Verb::Delete if code.0 == 11_101 => Some(Verdict::NotFound),
        Verb::Patch | Verb::Delete if refuses && (says("not found") || says("does not exist")) => {
            Some(Verdict::NotFound)
        }
        Verb::Delete if code.0 == 30_102 => Some(Verdict::NotFound),
        _ => refuses.then_some(Verdict::Refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_sorted() {
        for (verb, envelope, code, reason, expected) in [
            (Verb::Post, Envelope::Success, 24_157, "", Verdict::Written),
            (Verb::Post, Envelope::Success, 77_777, "a status of its own", Verdict::Written),
            (Verb::Post, Envelope::Success, 24_155, "", Verdict::Refused),
            (Verb::Post, Envelope::Mixed, 77_777, "", Verdict::Unknown),
            (Verb::Post, Envelope::Mixed, 24_155, "Duplicate id", Verdict::Duplicate),
            (Verb::Post, Envelope::Mixed, 40_010, "", Verdict::Duplicate),
            (Verb::Patch, Envelope::Mixed, 24_155, "Annotation not found", Verdict::NotFound),
            (Verb::Delete, Envelope::Mixed, 11_101, "", Verdict::NotFound),
            (Verb::Post, Envelope::Mixed, 30_102, "Input does not exist", Verdict::Refused),
            (Verb::Patch, Envelope::Mixed, 98_004, "", Verdict::Unknown),
            (Verb::Patch, Envelope::Mixed, 10_030, "", Verdict::TryAgain),
        ] {
            assert_eq!(verdict(verb, envelope, StatusCode(code), reason), expected, "{verb:?} {code} {reason}");
        }
    }
}
